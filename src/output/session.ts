import type { Connection, Delivery, SendResult, SingleResult } from './define.ts';
import { resultOfError } from './http-result.ts';
import { abortable } from './one-at-a-time.ts';
import { CLOSED, combined, TOO_LATE } from './verdicts.ts';

/** One connection to a server, from its first byte until it fails. */
export interface Session {
  /** Whether neither side has ended it yet. */
  isOpen(): boolean;
  /** Sends once: one result for each delivery, in order. Rejects when the connection fails. */
  send(deliveries: readonly Delivery[]): Promise<readonly SingleResult[]>;
  /** Says goodbye, and lets the connection end. Absent: nobody waits for that. */
  end?(): Promise<void>;
}

export interface SessionSource {
  /**
   * Connects and logs in.
   *
   * @param signal Aborts when the session is given up, however old it is: then its socket must end,
   *   and so every call that waits for an answer.
   */
  readonly open: (signal: AbortSignal) => Promise<Session>;
  /** What something that was thrown means. Default: what `resultOfError` makes of it. */
  readonly resultOf?: (error: unknown) => SingleResult;
  /** Whether a result is a session's last. Default: each that says to wait. */
  readonly isLast?: (result: SingleResult) => boolean;
}

/**
 * Keeps a session for all attempts. One that failed, said no or has ended meanwhile is replaced by the
 * next attempt, so that the engine alone says when to try again.
 */
export function keepSession(source: SessionSource): Connection {
  const { open, resultOf = resultOfError, isLast = saysToWait } = source;
  let current: Kept | undefined;
  let isClosed = false;

  function giveUp(kept: Kept): void {
    kept.stop.abort();
    if (current === kept) current = undefined;
  }

  async function attempt(
    kept: Kept,
    deliveries: readonly Delivery[],
    signal: AbortSignal,
  ): Promise<SendResult> {
    try {
      const session = await abortable(kept.opening, signal);
      const results = await abortable(session.send(deliveries), signal);
      if (results.some(isLast)) giveUp(kept);
      return combined(results);
    } catch (error) {
      if (isClosed) return CLOSED;
      if (signal.aborted) return NO_ANSWER;
      const result = kept.stop.signal.aborted ? CUT : resultOf(error);
      giveUp(kept);
      return result;
    }
  }

  return {
    async send(deliveries, { signal }) {
      if (isClosed) return CLOSED;
      if (signal.aborted) return TOO_LATE;
      if (current?.session?.isOpen() === false) giveUp(current);
      const kept = (current ??= begin(open));
      const onAbort = (): void => giveUp(kept);
      signal.addEventListener('abort', onAbort, { once: true });
      const result = await attempt(kept, deliveries, signal);
      signal.removeEventListener('abort', onAbort);
      return result;
    },
    async close() {
      isClosed = true;
      const kept = current;
      if (kept === undefined) return;
      const end = kept.session?.end?.() ?? Promise.resolve();
      await abortable(end, AbortSignal.timeout(CLOSE_MS_MAX)).catch(() => undefined);
      giveUp(kept);
    },
  };
}

function saysToWait({ outcome }: SingleResult): boolean {
  return outcome === 'retry';
}

const CLOSE_MS_MAX = 1000;

interface Kept {
  readonly opening: Promise<Session>;
  /** Gives it up. */
  readonly stop: AbortController;
  /** There once it is open. */
  session?: Session;
}

function begin(open: SessionSource['open']): Kept {
  const stop = new AbortController();
  const kept: Kept = { opening: open(stop.signal), stop };
  kept.opening.then(
    (session) => (kept.session = session),
    () => undefined,
  );
  return kept;
}

const NO_ANSWER: SendResult = {
  outcome: 'retry',
  reason: 'timeout',
  detail: 'no answer before the time of the attempt was up',
};
const CUT: SendResult = {
  outcome: 'retry',
  reason: 'network',
  detail: 'the connection was ended for the sake of another attempt',
};
