import type { SendResult, SingleResult } from './define.ts';

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
