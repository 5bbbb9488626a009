import { setTimeout as pause } from 'node:timers/promises';
import { readBooks } from '../support/accounts.ts';
import { startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway } from '../support/gateway.ts';
import { get, type HubProcess, startHub } from '../support/hub-process.ts';
import type { Stage } from './matrix.ts';
import { type Row, rowsOf, settled } from './rows.ts';
import { createSenders, type Sender, sendSteadily } from './senders.ts';

/**
 * Two hubs behind a load balancer that passes connections on, as a Service of Kubernetes does, and
 * needs a while to notice that one of them stops: what is offered must all be taken, once.
 */

const LOOKS_EVERY_MS = 250;
const NOTICES_AFTER_MS = 1500;
/**
 * Longer than the balancer needs, and then a sender keeps a connection that it does not use: 4 s. The
 * rest is for a machine that is busy.
 */
const shutdown = { lameDuck: '12s', grace: '40s' } as const;
/** Alerts a second from each sender. */
const RATE = 60;

export async function stopBehindBalancer(stage: Stage, stops: number): Promise<Row[]> {
  const seen = await startChecking(stage, () => ({ status: 200, afterMs: 20 }));
  const outputs = { checked: { type: 'webhook', url: seen.url } };
  const hubs = [
    await startHub(stage, { outputs, shutdown }),
    await startHub(stage, { outputs, shutdown }),
  ] as const;
  const balancer = await startBalancer(stage, hubs);
  const address = { origin: () => balancer.origin, grpc: () => '' };
  const senders = createSenders(stage, address, ['single', 'ndjson']);
  const sending = sendSteadily(stage, senders, RATE);
  const codes: (number | null)[] = [];
  for (let stop = 0; stop < stops; stop += 1) {
    const hub = hubs[stop % 2] as HubProcess;
    await pause(stage.random.below(300));
    codes.push(await hub.stop());
    await hub.start();
    await eventually('the balancer knows both', () => balancer.ready() === 2);
    if (stop % 10 === 9) stage.tell(`${stop + 1} stops`);
  }
  await sending.stop();
  const [one, other] = hubs;
  for (const hub of hubs) await settled(hub, 'checked', seen, senders);
  const offered = senders.reduce((sum, { sent }) => sum + sent.size, 0);
  const taken = senders.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  const { mismatch } = readBooks(other, 'checked');
  return rowsOf(
    { hub: one, fault: 'SIGTERM behind a load balancer', output: 'checked', seen },
    senders,
    {
      note: `${stops} stops; ${taken} of ${offered} offered were taken`,
      broken: [
        ...(taken === offered
          ? []
          : [`${offered - taken} of what was offered was not taken: ${answersOf(senders)}`]),
        ...(codes.every((code) => code === 0) ? [] : [`exit codes ${codes.join()}`]),
        ...(mismatch === 0 ? [] : [`the other queue's books are off by ${mismatch}`]),
      ],
    },
  );
}

/** Requests by status; 0: no answer. */
function answersOf(senders: readonly Sender[]): string {
  return JSON.stringify(senders.map(({ answers }) => Object.fromEntries(answers)));
}

interface Balancer {
  readonly origin: string;
  /** How many hubs it sends to. */
  ready(): number;
}

async function startBalancer(stage: Stage, hubs: readonly HubProcess[]): Promise<Balancer> {
  const notReadySinceMs = new Map<HubProcess, number>();
  let looking: Promise<unknown> = Promise.resolve();
  async function look(hub: HubProcess): Promise<void> {
    const isReady = await get(hub, '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isReady) notReadySinceMs.delete(hub);
    else notReadySinceMs.set(hub, notReadySinceMs.get(hub) ?? performance.now());
  }
  const timer = setInterval(() => {
    looking = Promise.all(hubs.map(look));
  }, LOOKS_EVERY_MS);
  stage.after(async () => {
    clearInterval(timer);
    await looking;
  });
  const lastReadyMs = (hub: HubProcess): number => notReadySinceMs.get(hub) ?? performance.now();
  const usable = (): HubProcess[] =>
    hubs.filter((hub) => performance.now() - lastReadyMs(hub) < NOTICES_AFTER_MS);
  let next = 0;
  const gateway = await startGateway(stage, () => {
    next += 1;
    const all = usable();
    // Where none is, the one that was the last: a look may fail on a busy machine.
    const [last] = hubs.toSorted((a, b) => lastReadyMs(b) - lastReadyMs(a));
    return (all[next % all.length] ?? (last as HubProcess)).origin();
  });
  return { origin: `http://127.0.0.1:${gateway.port}`, ready: () => usable().length };
}
