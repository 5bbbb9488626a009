import type { Dispatcher } from 'undici';

/** How much of an answer is read. */
export interface AnswerLimits {
  readonly keptBytesMax: number;
  /** Past this the connection is destroyed; up to it the rest is read, to use it again. */
  readonly readBytesMax: number;
}

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whether the body was longer than what is kept. */
  readonly truncated: boolean;
}

/** An attempt's own deadline is far below; this ends one whose deadline never comes. */
const EXCHANGE_MS_MAX = 10 * 60_000;

/**
 * Sends one request and reads the answer within bounds. It settles at once when the signal aborts,
 * also while the request waits for a connection. Rejects with the signal's reason, or what the
 * connection or undici threw.
 *
 * A connection that is cut before any of the answer came is most likely one that the other side
 * closed for being idle, just as it was used again: the request is sent once more. RFC 9112, 9.3.1
 * allows that where a repetition does no harm, and a delivery may be repeated.
 */
export async function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  limits: AnswerLimits,
): Promise<RawAnswer> {
  const first = await tryOnce(dispatcher, options, signal, limits);
  if ('status' in first) return first;
  const second = await tryOnce(dispatcher, options, signal, limits);
  if ('status' in second) return second;
  throw second.cut;
}

/** The connection was cut before any of the answer came. */
interface Cut {
  readonly cut: Error;
}

const CUTS: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

function tryOnce(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  limits: AnswerLimits,
): Promise<RawAnswer | Cut> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer | Cut>();
  let running: Dispatcher.DispatchController | undefined;
  let ended: Error | undefined;
  const end = (reason: Error): void => {
    ended = reason;
    reject(reason);
    running?.abort(reason);
  };
  const onAbort = (): void => end(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => end(tooLong()), EXCHANGE_MS_MAX);

  const answer = collector(limits);
  dispatcher.dispatch(options, {
    onRequestStart(controller) {
      running = controller;
      if (ended) controller.abort(ended);
    },
    onResponseStart: (_, status, headers) => answer.start(status, headers),
    onResponseData(controller, chunk) {
      if (answer.add(chunk)) return;
      resolve(answer.take());
      controller.abort(new Error('the answer is too long'));
    },
    onResponseEnd: () => resolve(answer.take()),
    onResponseError(_, error) {
      const { code } = error as NodeJS.ErrnoException;
      if (CUTS.has(code) && !answer.hasStarted()) resolve({ cut: error });
      else reject(error);
    },
  });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  });
}

function tooLong(): Error {
  return new DOMException('the attempt takes too long', 'TimeoutError');
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

function collector({ keptBytesMax, readBytesMax }: AnswerLimits) {
  const chunks: Buffer[] = [];
  let status = 0;
  let headers: Headers = {};
  let keptBytes = 0;
  let readBytes = 0;
  return {
    start(newStatus: number, newHeaders: Headers): void {
      status = newStatus;
      headers = newHeaders;
    },
    hasStarted: () => status !== 0,
    /** Whether there may be more. */
    add(chunk: Buffer): boolean {
      readBytes += chunk.length;
      const kept = chunk.subarray(0, keptBytesMax - keptBytes);
      if (kept.length > 0) chunks.push(Buffer.from(kept));
      keptBytes += kept.length;
      return readBytes <= readBytesMax;
    },
    take(): RawAnswer {
      const truncated = readBytes > keptBytes;
      return { status, headers: joined(headers), body: Buffer.concat(chunks), truncated };
    },
  };
}

function joined(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
