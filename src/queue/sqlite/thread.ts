import { flushCompileCache } from 'node:module';
import { type MessagePort, Worker } from 'node:worker_threads';
import { giveBack } from '../../give-back.ts';

/**
 * Calls between the hub's thread and a thread of the queue: one message a call, one a reply, in
 * order. Both sides are ours, so a reply is trusted to have its call's type.
 */

export interface ThreadCall {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

export type ThreadReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: ThreadError };

/** An error as it crosses the thread boundary. */
export interface ThreadError {
  readonly message: string;
  /** SQLite's extended result code, where it was SQLite. */
  readonly sqliteCode?: number;
  readonly name: string;
}

/** What failed on the other side. */
export class ThreadFailure extends Error {
  override readonly name = 'ThreadFailure';
  readonly sqliteCode: number | undefined;
  readonly kind: string;

  constructor(error: ThreadError) {
    super(error.message);
    this.sqliteCode = error.sqliteCode;
    this.kind = error.name;
  }
}

export interface Thread {
  call<T>(name: string, ...args: readonly unknown[]): Promise<T>;
  /** Waits for the thread to end by itself after it answered `close`. */
  ended(): Promise<void>;
}

/** Starts `file` (without its extension) beside this module. `onDeath`: it ended without being asked. */
export function startThread(
  file: string,
  workerData: unknown,
  onDeath: (error: Error) => void,
): Thread {
  // The same code runs from the sources and from the build.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./${file}.${extension}`, import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4 },
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let nextId = 1;
  let dead: Error | undefined;

  worker.on('message', (reply: ThreadReply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) call?.reject(new ThreadFailure(reply.error));
    else call?.resolve(reply.value);
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  const die = (error: Error): void => {
    if (dead !== undefined) return;
    dead = error;
    const calls = [...waiting.values()];
    waiting.clear();
    for (const call of calls) call.reject(error);
    if (calls.length > 0 || error.name !== 'ThreadEnded') onDeath(error);
  };
  worker.once('error', die);
  worker.once('exit', (code) => {
    const error = new Error(`The queue's ${file} thread ended with code ${code}.`);
    if (code === 0) error.name = 'ThreadEnded';
    die(error);
  });

  return {
    call<T>(name: string, ...args: readonly unknown[]): Promise<T> {
      if (dead !== undefined) return Promise.reject(dead);
      const id = nextId;
      nextId += 1;
      return new Promise<T>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
        worker.postMessage({ id, name, args } satisfies ThreadCall);
      });
    },
    ended: () => ended,
  };
}

/** Asks a thread to end and waits for it. */
export async function closeThread(thread: Thread): Promise<void> {
  // One that died has told why.
  await thread.call('close').catch(() => undefined);
  await thread.ended();
}

const FLUSH_CACHE_MS = 1000;

/** Answers calls on the other side until one named `close` is answered. Every thread knows `giveBack`. */
export function serveCalls(
  port: MessagePort,
  handlers: Readonly<Record<string, (...args: never[]) => unknown>>,
): void {
  const all = { giveBack, ...handlers };
  port.on('message', (call: ThreadCall) => {
    port.postMessage(answer(all, call));
    // Only after its answer: with the port closed the thread ends.
    if (call.name === 'close') port.close();
  });
  // A killed process would lose what this thread has compiled, and compile it again at each start.
  setTimeout(flushCompileCache, FLUSH_CACHE_MS).unref();
}

/** Runs one call on the other side and makes its reply. */
export function answer(
  handlers: Readonly<Record<string, (...args: never[]) => unknown>>,
  call: ThreadCall,
): ThreadReply {
  try {
    const handler = handlers[call.name];
    if (handler === undefined) throw new Error(`No call ${call.name}.`);
    return { id: call.id, value: handler(...(call.args as never[])) };
  } catch (error) {
    return { id: call.id, error: describe(error) };
  }
}

function describe(error: unknown): ThreadError {
  const { message, name, errcode } = error as Error & { errcode?: number };
  const described = { message, name };
  return errcode === undefined ? described : { ...described, sqliteCode: errcode };
}
