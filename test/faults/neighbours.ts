import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '../bench/statistics.ts';
import { type CheckingServer, startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import {
  type HubConfig,
  type HubPlace,
  type HubProcess,
  metric,
  startHub,
} from '../support/hub-process.ts';
import { ownNames, whyNoNames } from '../support/names.ts';
import type { Scenario, Stage } from './matrix.ts';
import { type Row, rowsOf, settled, sumOf } from './rows.ts';
import { createSenders, type Sender, sendSteadily, WAYS } from './senders.ts';

/** Bad outputs beside a good one, which must not feel it. */

const RATIO_MAX = 1.3;
/** The machine is noisy: only what is absurd fails. */
const ABSURD = 10;
/** Below this a difference is the machine's. */
const P99_MS_MIN = 20;
/** Alerts a second from each sender. */
const RATE = 30;
/** Until what runs often is compiled. */
const WARM_UP_MS = 6000;
const MEASURED_MS = 10_000;

interface Neighbours {
  readonly name: string;
  /** Makes the bad ones. */
  readonly bad: (stage: Stage) => Promise<Readonly<Record<string, object>>>;
  readonly place?: (stage: Stage) => Promise<HubPlace>;
  /** The good one's URL, where it is not the server's own. */
  readonly url?: (seen: CheckingServer) => string;
  readonly missing?: () => string | undefined;
}

function beside({ missing, ...neighbours }: Neighbours): Scenario {
  const { name } = neighbours;
  const run = (stage: Stage): Promise<Row[]> => compare(stage, neighbours);
  return { name, alone: true, ...(missing && { missing }), run };
}

/** Two hubs at the same time, so that the machine is the same: one has the good output alone. */
async function compare(stage: Stage, { name, bad, place, url }: Neighbours): Promise<Row[]> {
  const where = (await place?.(stage)) ?? {};
  const others = await bad(stage);
  const [alone, together] = [
    await inhabit(stage, {}, where, url),
    await inhabit(stage, others, where, url),
  ];
  await pause(WARM_UP_MS);
  const fromMs = performance.now();
  await pause(MEASURED_MS);
  await Promise.all([alone.sending.stop(), together.sending.stop()]);
  const [p99Alone, p99Together] = [alone, together].map(({ seen, senders }) =>
    percentile(waits(seen, senders, fromMs), 0.99),
  ) as [number, number];
  const ratio = Math.max(P99_MS_MIN, p99Together) / Math.max(P99_MS_MIN, p99Alone);
  const note =
    `from sent to arrived, p99 ${p99Alone.toFixed(0)} ms alone, ${p99Together.toFixed(0)} ms with ` +
    `the others: ratio ${ratio.toFixed(2)} (from ${P99_MS_MIN} ms), bar ${RATIO_MAX}`;
  const broken =
    ratio > RATIO_MAX * ABSURD ? [`p99 is ${ratio.toFixed(1)} times of that alone`] : [];
  const { hub, seen, senders } = together;
  await settled(hub, 'good', seen, senders);
  return rowsOf({ hub, fault: name, output: 'good', seen }, senders, { note, broken });
}

async function inhabit(
  stage: Stage,
  others: Readonly<Record<string, object>>,
  place: HubPlace,
  url: (seen: CheckingServer) => string = (server) => server.url,
) {
  const seen = await startChecking(stage);
  // In batches: one alert a request is held up by the disk, whoever the neighbours are.
  const good = { type: 'webhook', url: url(seen), body: 'ndjson' };
  const hub = await startHub(stage, { ingest: { grpc: {} }, outputs: { good, ...others } }, place);
  const senders = createSenders(stage, hub, WAYS);
  return { hub, seen, senders, sending: sendSteadily(stage, senders, RATE) };
}

/** How long alerts that were sent from then on were on their way, in ms. */
function waits(seen: CheckingServer, senders: readonly Sender[], fromMs: number): number[] {
  const sentAtMs = new Map(senders.flatMap((sender) => [...sender.sentAtMs]));
  return seen.arrivals.flatMap(({ uuid, atMs }) => {
    const sentMs = sentAtMs.get(uuid) ?? 0;
    return sentMs >= fromMs ? [atMs - sentMs] : [];
  });
}

/** Resolves when the hub has loaded it. */
export async function reload(hub: HubProcess, config: HubConfig): Promise<void> {
  const reloads = (): Promise<number> =>
    metric(hub, 'tocsin_config_reloads_total', { result: 'ok' });
  const before = await reloads();
  hub.configure(config);
  hub.signal('SIGHUP');
  await eventually('it is reloaded', async () => (await reloads()) > before);
}

async function slowOnes(stage: Stage): Promise<Record<string, object>> {
  const slow = await startChecking(stage, () => ({ status: 200, afterMs: 1000 }));
  const silent = await startChecking(stage, () => 'never');
  const failing = await startChecking(stage, () => ({ status: 500 }));
  return {
    slow: { type: 'webhook', url: slow.url, concurrency: 16 },
    silent: { type: 'webhook', url: silent.url, concurrency: 16 },
    failing: { type: 'webhook', url: failing.url },
  };
}

const GOOD_NAME = 'good.test';
/** Where a server of names listens that never answers: a loopback address nobody else uses. */
const SILENT_NAMES = '127.0.0.53';

async function hangingNames(): Promise<Record<string, object>> {
  const names = Array.from({ length: 8 }, (_, i) => `hanging${i + 1}`);
  return Object.fromEntries(
    names.map((name) => [name, { type: 'webhook', url: `http://${name}.test:8080/` }]),
  );
}

async function withSilentNames(stage: Stage): Promise<HubPlace> {
  const names = ownNames(stage, SILENT_NAMES);
  names.know('localhost', GOOD_NAME);
  const socket = createSocket('udp4');
  socket.bind(53, SILENT_NAMES);
  await once(socket, 'listening');
  stage.after(() => socket.close());
  return { wrapper: names.wrapper };
}

const BYTES_MAX = 4 * 1024 * 1024;

/** The queue is full of what the dead one still waits for: that costs the dead one, and no other. */
async function smallQueue(stage: Stage): Promise<Row[]> {
  const [healthy, dead] = [await startChecking(stage), await startChecking(stage)];
  await dead.close();
  // Two senders who hold it all would each have to wait for the other.
  const rate = { shareMax: 1 };
  const hub = await startHub(stage, {
    ingest: { http: { rate }, grpc: { rate } },
    queue: { bytesMax: stage.short ? BYTES_MAX / 2 : BYTES_MAX },
    outputs: {
      healthy: { type: 'webhook', url: healthy.url, body: 'ndjson' },
      dead: { type: 'webhook', url: dead.url, body: 'ndjson' },
    },
  });
  const senders = createSenders(stage, hub, WAYS, {
    padding: 'x'.repeat(1500),
    // For what is more severe room is made at the cost of both.
    priorities: ['warning', 'notice', 'informational', 'debug'],
  });
  const sending = sendSteadily(stage, senders, 120);
  await pause(stage.short ? 10_000 : 15_000);
  await sending.stop();
  const all = [sumOf(senders)];
  await settled(hub, 'healthy', healthy, all);
  const fault = 'small queue, the healthy one';
  const rows = rowsOf({ hub, fault, output: 'healthy', seen: healthy }, senders, {
    broken: (await suppressed(hub, 'dead')) > 0 ? [] : ['nothing was given up: nothing is shown'],
  });
  // Until a destination that was down for so long is tried again takes longer than the short form may.
  if (stage.short) return rows;
  await dead.open();
  await settled(hub, 'dead', dead, all);
  return [
    ...rows,
    ...rowsOf({ hub, fault: 'small queue, the dead one', output: 'dead', seen: dead }, all),
  ];
}

function suppressed(hub: HubProcess, output: string): Promise<number> {
  return metric(hub, 'tocsin_output_suppressed_total', { output, reason: 'shed' });
}

export const neighbours: readonly Scenario[] = [
  { name: 'a dead one beside a healthy one, small queue', short: true, run: smallQueue },
  beside({ name: 'slow, silent and failing ones beside a good one', bad: slowOnes }),
  beside({
    name: 'eight with hanging DNS beside a ninth',
    bad: hangingNames,
    place: withSilentNames,
    url: ({ url }) => url.replace('127.0.0.1', GOOD_NAME),
    missing: () =>
      process.getuid?.() === 0 ? whyNoNames() : 'needs root, to listen on the port of DNS',
  }),
];
