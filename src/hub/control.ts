import { setTimeout as sleep } from 'node:timers/promises';
import type { Alert } from '../alert.ts';
import {
  type Control,
  ControlError,
  type DeadRequest,
  type DrainResult,
  type HubStatus,
  type OutputStatus,
  type OutputTestResult,
} from '../api/contract.ts';
import { type ControlServer, startControlServer } from '../api/server.ts';
import { controlSocketPath } from '../api/socket-path.ts';
import { attempt } from '../deliver/attempt.ts';
import { systemClock } from '../deliver/clock.ts';
import { uuidV7 } from '../ingest/normalise/uuid.ts';
import { alertToJson } from '../json.ts';
import type { LaneStatus } from '../deliver/lane-context.ts';
import type { LaneLedger, StoredAlert } from '../queue/queue.ts';
import type { DeadSelection } from '../queue/sqlite/dead-letters.ts';
import type { SqliteQueue } from '../queue/sqlite/open.ts';
import type { Hub } from './hub.ts';

const TEST_TIMEOUT_MS = 30_000;
const DRAIN_LOOK_MS = 100;

/** Opens the socket of the command line; a hub that keeps nothing has no place for one. */
export async function openControl(
  hub: Hub,
  reload: () => Promise<readonly string[]>,
): Promise<ControlServer | undefined> {
  const { log } = hub.options;
  if (hub.keep.sqlite === undefined) return undefined;
  try {
    return await startControlServer({
      socketPath: controlSocketPath(hub.keep.directory),
      control: createControl(hub, reload),
      audit: (entry) => log.info({ ...entry }, 'An operator changes something.'),
      onFault: (error) => log.error({ error: (error as Error).message }, 'A command failed.'),
    });
  } catch (error) {
    log.error({ error: (error as Error).message }, 'The command line cannot reach this hub.');
    return undefined;
  }
}

/** What the command line may ask of a running hub. */
function createControl(hub: Hub, reload: () => Promise<readonly string[]>): Control {
  return {
    ...questions(hub),
    ...deadLetters(hub),
    drain: (request) => drain(hub, request),
    outputTest: (name) => testOutput(hub, name),
    outputDrop: async (name) => (await sqliteOf(hub).dropOrphan(name)).length > 0,
    outputResend: (name) => resend(hub, name),
    async reload() {
      const problems = await reload();
      return { reloaded: problems.length === 0, problems };
    },
  };
}

/** Without a directory there is no file, no history and no socket: this is never reached then. */
function sqliteOf(hub: Hub): SqliteQueue {
  const { sqlite } = hub.keep;
  if (sqlite === undefined) throw new ControlError('no_queue', 'This hub keeps nothing on disk.');
  return sqlite;
}

function questions(hub: Hub): Pick<Control, 'status' | 'alerts' | 'why' | 'queueCheck'> {
  return {
    status: () => statusOf(hub),
    alerts: (filter) => sqliteOf(hub).alerts(filter),
    async why(uuid) {
      const alerts = await sqliteOf(hub).find(uuid);
      const lanes = await sqliteOf(hub).lanes();
      const outputs = lanes.map(({ name }) => ({
        name,
        acknowledged: hub.outputs.acknowledged(name),
      }));
      return { alerts, outputs };
    },
    async queueCheck() {
      const { structure, alerts, damagedCount, ledger } = await sqliteOf(hub).check();
      const adds = ledger.every(({ mismatch }) => mismatch === 0);
      const ok = structure.length === 0 && damagedCount === 0 && adds;
      return { ok, structure, alerts, damagedCount, ledger };
    },
  };
}

async function statusOf(hub: Hub): Promise<HubStatus> {
  const { directory, durability, bytesMax, fault, queue, sqlite } = hub.keep;
  const running = new Map(hub.engine.statuses().map(({ lane, status }) => [lane, status]));
  const ledger = await queue.ledger();
  const outputs = ledger
    .filter(({ state }) => state !== 'dropped')
    .map((lane) => outputStatus(lane, running.get(lane.lane.id)));
  return {
    version: hub.options.version,
    pid: process.pid,
    startedAtMs: hub.startedAtMs,
    ready: hub.ready().ready,
    addresses: hub.doors.addresses(),
    queue: {
      directory,
      durability,
      bytesMax,
      usedBytes: sqlite?.usedBytes() ?? 0,
      ...(fault === undefined ? {} : { fault }),
    },
    outputs,
  };
}

function outputStatus(ledger: LaneLedger, running: LaneStatus | undefined): OutputStatus {
  if (running === undefined) return ledger;
  const { state, reason, detail } = running;
  return Object.assign(
    { ...ledger, state },
    reason === undefined ? {} : { reason },
    detail === undefined ? {} : { detail },
  );
}

function deadLetters(hub: Hub): Pick<Control, 'deadList' | 'deadShow' | 'deadReplay' | 'deadDrop'> {
  return {
    deadList: (limit) => sqliteOf(hub).deadLetters(limit),
    deadShow: async (id) => (await sqliteOf(hub).deadLetters(1, id))[0],
    async deadReplay({ to, ...request }) {
      const target = to === undefined ? undefined : laneOf(hub, to);
      const rows = await sqliteOf(hub).replayDead(selectionOf(hub, request), target);
      await hub.engine.reloadRetries(new Set(rows.map(({ lane }) => lane)));
      return rows.length;
    },
    deadDrop: (request) => sqliteOf(hub).dropDead(selectionOf(hub, request)),
  };
}

function selectionOf(hub: Hub, { ids, output }: DeadRequest): DeadSelection {
  return {
    ...(ids === undefined ? {} : { ids }),
    ...(output === undefined ? {} : { lane: laneOf(hub, output) }),
  };
}

function laneOf(hub: Hub, output: string): number {
  const [id] = hub.engine.laneIds([output]);
  if (id !== undefined) return id;
  const names = hub.loaded.outputs.map(({ name }) => name).join(', ');
  throw new ControlError('unknown_output', `There is no output ${output}. There are: ${names}.`);
}

/** Past the queue: what is asked is whether the destination answers now. */
async function testOutput(hub: Hub, name: string): Promise<OutputTestResult> {
  laneOf(hub, name);
  const adapter = hub.outputs.adapter(name);
  if (adapter === undefined) throw new ControlError('unknown_output', `${name} is not running.`);
  const startedAtMs = performance.now();
  const { results } = await attempt([testAlert(name)], {
    send: (deliveries, signal) => adapter.send(deliveries, signal),
    timeoutMs: TEST_TIMEOUT_MS,
    clock: systemClock,
    stop: new AbortController().signal,
    redact: hub.options.redactor.redact,
  });
  const durationMs = performance.now() - startedAtMs;
  const [result] = results;
  if (result === undefined || result.outcome === 'delivered') {
    return { outcome: 'delivered', durationMs };
  }
  const { outcome, reason, detail } = result;
  return { outcome, reason, detail, durationMs };
}

function testAlert(output: string): StoredAlert {
  const nowMs = Date.now();
  const now = new Date(nowMs).toISOString();
  const ingest = { input: 'hub', agent: 'tocsin' };
  const alert: Alert = {
    uuid: uuidV7(nowMs),
    time: now,
    receivedAt: now,
    priority: 'debug',
    rule: 'Test rule',
    source: 'internal',
    output: `This is a test of output ${output}, sent by: tocsin outputs test`,
    fields: { 'proc.name': 'tocsin' },
    tags: ['test'],
    hostname: 'tocsin',
    ingest,
  };
  return {
    position: { shard: 7, n: 0 },
    json: alertToJson(alert),
    ingest: JSON.stringify(ingest),
    receivedAtMs: nowMs,
  };
}

async function resend(hub: Hub, name: string): Promise<number> {
  const lane = laneOf(hub, name);
  const count = await sqliteOf(hub).replayStale(lane);
  await hub.engine.reloadRetries(new Set([lane]));
  return count;
}

async function drain(
  hub: Hub,
  { to, timeoutMs }: { readonly to?: string; readonly timeoutMs: number },
): Promise<DrainResult> {
  const forwarder = to === undefined ? undefined : hub.redirect(to);
  const deadlineMs = performance.now() + timeoutMs;
  while (!hub.engine.isIdle() && performance.now() < deadlineMs) await sleep(DRAIN_LOOK_MS);
  await forwarder?.end();
  const ledger = await hub.keep.queue.ledger();
  const waiting = Object.fromEntries(
    ledger
      .map(({ lane, waiting: count, retry }) => [lane.name, count + retry] as const)
      .filter(([, count]) => count > 0),
  );
  const drained = Object.keys(waiting).length === 0;
  return { drained, waiting, forwarded: forwarder?.forwarded() ?? 0 };
}
