import {
  type Delivery,
  FAILURE_REASONS,
  type SendResult,
  type SingleResult,
} from '../output/define.ts';
import { resultOfError } from '../output/http-result.ts';
import type { StoredAlert } from '../queue/queue.ts';
import type { Clock } from './clock.ts';
import { StoredDelivery } from './delivery.ts';
import { ABORT_GRACE_MS, DETAIL_MAX, RETRY_AFTER_MAX_MS } from './limits.ts';

/** Sends once. Rejecting is allowed: the attempt turns it into a result. */
export type Send = (deliveries: readonly Delivery[], signal: AbortSignal) => Promise<SendResult>;

export interface AttemptOptions {
  readonly send: Send;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Aborted when the hub stops. */
  readonly stop: AbortSignal;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

export interface AttemptResult {
  /** One per delivery, in order. */
  readonly results: readonly SingleResult[];
  /** Whether the destination answered for the batch as one, not alert by alert. */
  readonly whole: boolean;
  /** Resolves when an adapter that was left behind is done; absent where it is. */
  readonly unended?: Promise<unknown>;
}

/**
 * One attempt with a deadline: always one result per delivery, whatever the adapter does. An adapter
 * that ignores its signal is left behind a moment after the deadline.
 */
export async function attempt(
  alerts: readonly StoredAlert[],
  options: AttemptOptions,
): Promise<AttemptResult> {
  const { clock, timeoutMs, stop } = options;
  const wallMs = clock.wallMs();
  const deliveries = alerts.map((alert) => new StoredDelivery(alert, wallMs));
  const end = new AbortController();
  const timedOut: SingleResult = {
    outcome: 'retry',
    reason: 'timeout',
    detail: `No answer within ${Math.round(timeoutMs / 1000)} s.`,
  };
  const cancelDeadline = clock.after(timeoutMs, () => {
    end.abort(new DOMException('The time of the attempt is up.', 'TimeoutError'));
  });
  // `AbortSignal.any` costs as much as the rest of an attempt.
  const { signal } = end;
  const onStop = (): void => end.abort(stop.reason);
  const left = forAll(timedOut, alerts.length);
  const leftBehind = Promise.withResolvers<Answer>();
  let cancelGrace: (() => void) | undefined;
  const leave = (): void => {
    cancelGrace = clock.after(ABORT_GRACE_MS, () => leftBehind.resolve(left));
  };
  signal.addEventListener('abort', leave, { once: true });
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  try {
    const sent = sendSafely(options.send, deliveries, signal);
    const answer = await Promise.race([sent, leftBehind.promise]);
    const judged = {
      results: answer.results.map((one) =>
        bounded(signal.aborted && isBug(one) ? timedOut : one, options.redact),
      ),
      whole: answer.whole,
    };
    return answer === left ? { ...judged, unended: sent } : judged;
  } finally {
    cancelDeadline();
    cancelGrace?.();
    signal.removeEventListener('abort', leave);
    stop.removeEventListener('abort', onStop);
  }
}

type Answer = Omit<AttemptResult, 'unended'>;

/**
 * An adapter may throw before it returns a promise, or with what it returns: all are the same mistake,
 * and none of them may end the process.
 */
async function sendSafely(
  send: Send,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<Answer> {
  const count = deliveries.length;
  try {
    return answerOf(await send(deliveries, signal), count);
  } catch (error) {
    return forAll(resultOfThrown(error), count);
  }
}

function answerOf(result: SendResult | undefined | null, count: number): Answer {
  if (!isPartial(result)) return forAll(single(result), count);
  const { results } = result;
  // A partial answer of the wrong length says nothing certain about any alert of it.
  if (results.length !== count) {
    const detail = `The answer told of ${results.length} alerts where ${count} were sent.`;
    return { ...forAll({ outcome: 'retry', reason: 'server', detail }, count), whole: false };
  }
  return { results: Array.from({ length: count }, (_, i) => single(results[i])), whole: false };
}

function forAll(result: SingleResult, count: number): Answer {
  return { results: Array.from({ length: count }, () => result), whole: true };
}

const DELIVERED: SingleResult = { outcome: 'delivered' };
const NO_RESULT: SingleResult = {
  outcome: 'reject',
  reason: 'bug',
  detail: 'The output did not say what became of the alert.',
};

/** What an adapter answers is checked like anything that comes from outside, and read once. */
function single(result: SendResult | undefined | null): SingleResult {
  if (result?.outcome === 'delivered') return DELIVERED;
  if (result?.outcome !== 'retry' && result?.outcome !== 'reject') return NO_RESULT;
  const isComplete = FAILURE_REASONS.includes(result.reason) && typeof result.detail === 'string';
  return isComplete ? { ...result } : NO_RESULT;
}

/** What is thrown may be anything, even what has no text. */
function resultOfThrown(error: unknown): SingleResult {
  try {
    return resultOfError(error);
  } catch {
    return NO_RESULT;
  }
}

type PartialResult = Extract<SendResult, { outcome: 'partial' }>;

function isPartial(result: SendResult | undefined | null): result is PartialResult {
  return result?.outcome === 'partial' && Array.isArray(result.results);
}

/** An adapter may make anything of a request that was ended under it: that is no verdict. */
function isBug(result: SingleResult): boolean {
  return result.outcome === 'reject' && result.reason === 'bug';
}

function bounded(result: SingleResult, redact: (text: string) => string): SingleResult {
  if (result.outcome === 'delivered') return result;
  const detail = redact(result.detail).slice(0, DETAIL_MAX);
  if (result.outcome === 'reject') return { ...result, detail };
  const { afterMs } = result;
  if (afterMs === undefined) return { ...result, detail };
  return { ...result, detail, afterMs: afterMs > 0 ? Math.min(afterMs, RETRY_AFTER_MAX_MS) : 0 };
}
