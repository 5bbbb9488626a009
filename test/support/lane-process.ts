import type { Priority } from '../../src/alert.ts';
import { systemClock } from '../../src/deliver/clock.ts';
import { Engine } from '../../src/deliver/engine.ts';
import type { LaneObserver } from '../../src/deliver/lane-context.ts';
import type { Delivery, SendResult } from '../../src/output/define.ts';
import { openSqliteQueue } from '../../src/queue/sqlite/open.ts';
import { uuidIn } from './lane-rig.ts';
import { QUEUE_OPTIONS } from './queue-directory.ts';
import { newAlert } from './store-rig.ts';

/**
 * A queue and a lane in a process of their own, to be killed: stores what its parent asks for, and
 * asks its parent what became of each attempt.
 */

export type ToChild =
  | { readonly store: readonly string[]; readonly priority: Priority }
  | { readonly attempt: number; readonly result: SendResult };

export type FromChild =
  | { readonly ready: true }
  | { readonly stored: readonly string[] }
  | { readonly attempt: number; readonly uuids: readonly string[] };

const [directory = '', concurrency = '16'] = process.argv.slice(2);
const tell = (message: FromChild): void => void process.send?.(message);
const attempts = new Map<number, (result: SendResult) => void>();
let nextAttempt = 1;

const engines: Engine[] = [];
const queue = await openSqliteQueue({
  ...QUEUE_OPTIONS,
  directory,
  onStored: (lanes) => engines[0]?.wake(lanes),
});
const engine = new Engine({
  queue,
  clock: systemClock,
  random: Math.random,
  redact: String,
  observerOf: () => new Proxy({}, { get: () => () => undefined }) as LaneObserver,
  staleSummary: () => newAlert(),
  queueBytesMax: QUEUE_OPTIONS.bytesMax,
});
engines.push(engine);

function send(deliveries: readonly Delivery[]): Promise<SendResult> {
  const attempt = nextAttempt;
  nextAttempt += 1;
  tell({ attempt, uuids: deliveries.map(({ json }) => uuidIn(json)) });
  return new Promise((resolve) => attempts.set(attempt, resolve));
}

const settings = {
  name: 'out',
  type: 'parent',
  batch: { alertsMax: 1, bytesMax: 1_000_000, waitMs: 0 },
  concurrency: Number(concurrency),
  timeoutMs: 60_000,
  staleAfterMs: 0,
  retryAgeMaxMs: 3_600_000,
};
const adapter = { send, close: async (): Promise<void> => undefined };
const ids = await engine.apply([{ name: 'out', type: 'parent', settings, adapter }]);
const lanes = [...ids.values()];

async function store(uuids: readonly string[], priority: Priority): Promise<void> {
  await queue.append(uuids.map((uuid) => newAlert({ uuid, priority, lanes })));
  tell({ stored: uuids });
}

process.on('message', (message: ToChild) => {
  if ('store' in message) void store(message.store, message.priority);
  else attempts.get(message.attempt)?.(message.result);
});
process.on('disconnect', () => process.exit());
tell({ ready: true });
