import { hash } from 'node:crypto';
import { Script, createContext } from 'node:vm';
import { Random } from '../support/random.ts';
import { minimise } from './minimise.ts';
import { mutate } from './mutate.ts';
import type { Target } from './target.ts';

/** Gives a target one changed input after the other, and finds the smallest one that fails. */

export interface RunOptions {
  readonly target: Target;
  readonly seed: number;
  readonly ms: number;
}

export interface Failure {
  readonly target: string;
  /** Which round of this seed it was; absent where the input was given. */
  readonly round: number;
  readonly failure: string;
  readonly input: Buffer;
}

export interface Ran {
  readonly target: string;
  readonly rounds: number;
  readonly failures: readonly Failure[];
}

/** In characters: a check may quote the whole input. */
const FAILURE_LENGTH_MAX = 1000;
/** More of the same tell nothing new. */
const FAILURES_MAX = 8;
/** The longest that an input may take. */
const HANG_MS = 1000;
/** A machine that others use, too, is slow at times, but not three times in the same place. */
const TRIES = 3;
/** Where what does not end is ended. */
const END_MS = 4 * HANG_MS;
/** What Node says of that. */
const ENDED = 'Script execution timed out';
const MINIMISE_MS = 10_000;
const GROWTH_BYTES_MAX = 96 * 1024 * 1024;
/** Until then caches fill and code is compiled. */
const WARM_UP_PART = 0.4;

export async function run({ target, seed, ms }: RunOptions): Promise<Ran> {
  const startMs = performance.now();
  const failures = new Map<string, Failure>();
  let rounds = 0;
  let atFirst: number | undefined;
  for (let spentMs = 0; spentMs < ms && failures.size < FAILURES_MAX; rounds += 1) {
    const input = inputOf(target, seed, rounds);
    const failure = await failureOf(target, input);
    if (failure !== undefined && !failures.has(kindOf(failure))) {
      failures.set(kindOf(failure), {
        target: target.name,
        round: rounds,
        failure,
        input: await smallest(target, input, failure),
      });
    }
    spentMs = performance.now() - startMs;
    if (spentMs > ms * WARM_UP_PART) atFirst ??= await target.memoryBytes();
  }
  const growth = (await target.memoryBytes()) - (atFirst ?? Number.POSITIVE_INFINITY);
  const found = [...failures.values()];
  for (const failure of [growthFailure(growth), await thrownBy(() => target.finish?.())]) {
    if (failure === undefined) continue;
    found.push({ target: target.name, round: rounds, failure, input: Buffer.alloc(0) });
  }
  return { target: target.name, rounds, failures: found };
}

/** The same for the same seed and round, whatever was before. */
function inputOf(target: Target, seed: number, round: number): Buffer {
  const digest = hash('sha256', `${seed} ${target.name} ${round}`, 'buffer');
  const random = new Random(digest.readUInt32LE(0));
  return target.make?.(random) ?? mutate(target, random);
}

/** What is wrong with how the target takes the input; undefined where nothing is. */
export async function failureOf(target: Target, input: Buffer): Promise<string | undefined> {
  let slow: string | undefined;
  for (let n = 0; n < TRIES; n += 1) {
    const startMs = performance.now();
    const failure = await thrownBy(() => bounded(() => target.check(input)));
    if (failure !== undefined && !failure.includes(ENDED)) return failure;
    const tookMs = performance.now() - startMs;
    if (tookMs <= HANG_MS) return undefined;
    slow = failure ?? `it takes ${Math.round(tookMs)} ms`;
  }
  return slow;
}

const script = new Script('call()');
const box: { call?: () => unknown } = createContext({});

/** Ends what does not end by itself, as far as it does not wait for something. */
function bounded<Result>(call: () => Result): Result {
  box.call = call;
  return script.runInContext(box, { timeout: END_MS }) as Result;
}

async function thrownBy(call: () => unknown): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    const { name, message, stack = '' } = error as Error;
    const place = /\((?:file:\/\/)?[^()]*\/((?:src|config|outputs)\/[^()]+)\)/.exec(stack)?.[1];
    return `${name}: ${message}${place === undefined ? '' : ` (${place})`}`.slice(
      0,
      FAILURE_LENGTH_MAX,
    );
  }
}

/** The same mistake has other digits and other texts with every input. */
function kindOf(failure: string): string {
  return failure
    .replaceAll(/\d+|"[^"]*"|'[^']*'/g, '')
    .split('\n', 1)[0]!
    .slice(0, 60);
}

function smallest(target: Target, input: Buffer, failure: string): Promise<Buffer> {
  const kind = kindOf(failure);
  const fails = async (shorter: Buffer) => {
    const other = await failureOf(target, shorter);
    return other !== undefined && kindOf(other) === kind;
  };
  return minimise(input, fails, performance.now() + MINIMISE_MS);
}

function growthFailure(bytes: number): string | undefined {
  if (bytes <= GROWTH_BYTES_MAX) return undefined;
  return `the memory in use grew by ${Math.round(bytes / 1024 / 1024)} MiB`;
}
