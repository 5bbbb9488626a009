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
const NS_PER_S = 1_000_000_000n;

/** Whole seconds since 1970 and the nanoseconds after them, which count forward also before 1970. */
export function secondsAndNanos(timeNs: bigint): readonly [seconds: bigint, nanos: bigint] {
  const nanos = ((timeNs % NS_PER_S) + NS_PER_S) % NS_PER_S;
  return [(timeNs - nanos) / NS_PER_S, nanos];
}

/** The time after so many ms, every digit kept; as Go writes it, without zeros at its end. */
export function timeAfter(time: string, ms: number): string {
  const [seconds, nanos] = secondsAndNanos(epochNs(time) + BigInt(ms) * NS_PER_MS);
  const [whole = ''] = new Date(Number(seconds) * 1000).toISOString().split('.');
  const fraction = `.${String(nanos).padStart(9, '0')}`.replace(/\.?0*$/, '');
  return `${whole}${fraction}Z`;
}
