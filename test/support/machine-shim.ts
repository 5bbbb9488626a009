import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/**
 * Loaded into the hub before its own code (`--import`), also into its threads: makes the clocks jump,
 * the event loop stand still and the disk slow, as the file that it is given says at that time.
 */

export interface MachineState {
  /** Added to the wall clock. */
  readonly wallMs?: number;
  /** Added to the monotonic clock. */
  readonly monotonicMs?: number;
  /** How much longer each commit takes, as if the disk took so long to flush. */
  readonly flushMs?: number;
  /** Once for each number: the main thread does nothing for so long. */
  readonly block?: { readonly number: number; readonly ms: number };
}

const LOOK_EVERY_MS = 25;

const { searchParams } = new URL(import.meta.url);
const file = searchParams.get('file') ?? '';
const isMain = (await import('node:worker_threads')).isMainThread;
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms: number): void => void Atomics.wait(sleeper, 0, 0, ms);

let state: MachineState = {};
let blocked = 0;
let monotonicMs = 0;

function look(): void {
  try {
    state = JSON.parse(readFileSync(file, 'utf8')) as MachineState;
  } catch {
    return;
  }
  const jumpedMs = (state.monotonicMs ?? 0) - monotonicMs;
  monotonicMs += jumpedMs;
  if (jumpedMs !== 0) fireWhatIsDue();
  const { block } = state;
  if (!isMain || block === undefined || block.number <= blocked) return;
  blocked = block.number;
  sleep(block.ms);
}

/** Timers that are far off: a jump of the monotonic clock makes them due, as a machine's sleep does. */
const FAR_MS = 250;
const far = new Map<NodeJS.Timeout, { readonly dueMs: number; readonly call: () => void }>();
const realSetTimeout = globalThis.setTimeout;
const realClearTimeout = globalThis.clearTimeout;

function setTimeoutOnMachine(
  call: (...args: unknown[]) => void,
  delayMs = 0,
  ...args: unknown[]
): NodeJS.Timeout {
  if (delayMs < FAR_MS) return realSetTimeout(call, delayMs, ...args);
  const run = (): void => {
    far.delete(timer);
    call(...args);
  };
  const timer = realSetTimeout(run, delayMs);
  far.set(timer, { dueMs: performance.now() + delayMs, call: run });
  return timer;
}

globalThis.setTimeout = Object.assign(setTimeoutOnMachine, {
  __promisify__: realSetTimeout.__promisify__,
}) as typeof setTimeout;
globalThis.clearTimeout = (timer) => {
  far.delete(timer as NodeJS.Timeout);
  realClearTimeout(timer);
};

function fireWhatIsDue(): void {
  for (const [timer, { dueMs, call }] of far) {
    if (dueMs > performance.now()) continue;
    realClearTimeout(timer);
    call();
  }
}

const RealDate = Date;
const realMonotonicMs = performance.now.bind(performance);
performance.now = () => realMonotonicMs() + monotonicMs;

const wallNowMs = (): number => RealDate.now() + (state.wallMs ?? 0);
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[]) =>
    Reflect.construct(target, args.length === 0 ? [wallNowMs()] : args) as Date,
  get: (target, name) => (name === 'now' ? wallNowMs : (Reflect.get(target, name) as unknown)),
});

const realExec = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function exec(this: DatabaseSync, sql: string): void {
  realExec.call(this, sql);
  if (sql === 'COMMIT' && state.flushMs !== undefined) sleep(state.flushMs);
};

look();
setInterval(look, LOOK_EVERY_MS).unref();
