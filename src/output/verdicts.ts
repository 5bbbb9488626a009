import type { SendResult, SingleResult } from './define.ts';
import type { Failure } from './http-error.ts';

/** Results that outputs have in common. */

/** One result where all are the same, since that is about the batch and not about an alert. */
export function combined(results: readonly SingleResult[]): SendResult {
  const [first] = results;
  const isOne = first !== undefined && results.every((result) => isSame(result, first));
  return isOne && (results.length === 1 || first.outcome !== 'reject')
    ? first
    : { outcome: 'partial', results };
}

function isSame(one: SingleResult, other: SingleResult): boolean {
  return one === other || (one.outcome === 'delivered' && other.outcome === 'delivered');
}

/** Which alert of several is meant by a refusal nobody knows: each is sent again, in the end alone. */
export function unsure(result: SingleResult): SingleResult {
  return result.outcome === 'reject' ? { ...result, outcome: 'retry' } : result;
}

/** What a connection answers once it was closed: the engine opens another. */
export const CLOSED: Failure = {
  outcome: 'retry',
  reason: 'network',
  detail: 'this output is being closed',
};

/** What an attempt ends with whose time was up at its beginning. */
export const TOO_LATE: Failure = {
  outcome: 'retry',
  reason: 'timeout',
  detail: 'the time was up before anything was sent',
};
