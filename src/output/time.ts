/** The alert's time, RFC 3339 in UTC, in the units that destinations count in. */

/** Milliseconds since 1970; the rest is cut off. */
export function epochMs(time: string): number {
  return Number(epochNs(time) / NS_PER_MS);
}

/** Nanoseconds since 1970, every digit kept. */
export function epochNs(time: string): bigint {
  const [seconds = '', fraction = ''] = time.slice(0, -1).split('.');
  const wholeMs = Date.parse(`${seconds}Z`);
  return BigInt(wholeMs) * NS_PER_MS + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

const NS_PER_MS = 1_000_000n;
