/**
 * Exponential backoff with full jitter: anywhere between 0 and `baseMs * 2^failures`, capped. Lanes
 * that failed together do not come back together.
 */
export function backoffMs(
  baseMs: number,
  maxMs: number,
  failures: number,
  random: () => number,
): number {
  return random() * Math.min(maxMs, baseMs * 2 ** Math.min(failures, 30));
}
