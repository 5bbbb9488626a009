import type { Dispatcher } from 'undici';

/** How much of an answer is read. */
export interface AnswerLimits {
  readonly keptBytesMax: number;
  /** Past this the connection is destroyed; up to it the rest is read, so that it can be used again. */
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
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  limits: AnswerLimits,
): Promise<RawAnswer> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  let running: Dispatcher.DispatchController | undefined;
  let ended: Error | undefined;
  const end = (reason: Error): void => {
    ended = reason;
    reject(reason);
    running?.abort(reason);
  };
  const onAbort = (): void => end(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(
    () => end(new DOMException('too long', 'TimeoutError')),
    EXCHANGE_MS_MAX,
  );

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
      
    },
    onResponseEnd: () => resolve(answer.take()),
    onResponseError: (_, error) => reject(error),
  });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  });
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
