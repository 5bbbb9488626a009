import { Failure } from './errors.ts';
import { formatGoLayout, localDate, MONTHS, type Time } from './go-layout.ts';
import { type Method, type Struct, struct, typeName } from './value.ts';

/**
 * An RFC 3339 time as Go's `time.Time` prints it: `2001-01-01 01:10:00.5 +0000 UTC`, with up to 9
 * fraction digits and no trailing zeros. What is no such time comes back as it is.
 */
export function goTimeText(rfc3339: string): string {
  const time = parseTime(rfc3339);
  return time === undefined ? rfc3339 : timeText(time);
}

/** The time as a value for templates, with the methods of Go's `time.Time` that they call. */
export function goTime(rfc3339: string): Struct {
  const time = parseTime(rfc3339);
  return time === undefined
    ? struct({}, { typeName: 'time.Time', text: rfc3339 })
    : timeStruct(time);
}

function timeStruct(time: Time): Struct {
  const [text, methods] = [timeText(time), timeMethods(time)];
  return struct({}, { typeName: 'time.Time', text, methods, json: () => timeJson(time) });
}

function timeText(time: Time): string {
  return formatGoLayout(time, '2006-01-02 15:04:05.999999999 -0700 MST');
}

/** As Go's `MarshalJSON` writes it. */
function timeJson(time: Time): string {
  return `"${formatGoLayout(time, '2006-01-02T15:04:05.999999999Z07:00')}"`;
}

/** RFC 3339, and the comma that ISO 8601 and Go allow before a fraction. */
const CLOCK = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const RFC3339 = new RegExp(
  `^(\\d{4}-\\d\\d-\\d\\d)(T${CLOCK}:[0-5]\\d)(?:[.,](\\d+))?(Z|[+-]${CLOCK})$`,
);

function parseTime(rfc3339: string): Time | undefined {
  const [, day = '', clock = '', fraction = '', zone = ''] = RFC3339.exec(rfc3339) ?? [];
  const midnight = new Date(`${day}T00:00:00Z`);
  // A day that the month does not have becomes one of the next month.
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) {
    return undefined;
  }
  const epochSeconds = Date.parse(`${day}${clock}${zone}`) / 1000;
  return {
    epochSeconds,
    nanoseconds: Number(fraction.slice(0, 9).padEnd(9, '0')),
    offsetSeconds: Date.parse(`${day}${clock}Z`) / 1000 - epochSeconds,
  };
}

function timeMethods(time: Time): Record<string, Method> {
  const { epochSeconds, nanoseconds } = time;
  const local = localDate(time);
  return {
    Format: { parameters: 1, call: ([layout]) => formatGoLayout(time, layoutText(layout)) },
    UTC: getter(() => timeStruct({ ...time, offsetSeconds: 0 })),
    Unix: getter(() => BigInt(epochSeconds)),
    UnixNano: getter(() => BigInt(epochSeconds) * 1_000_000_000n + BigInt(nanoseconds)),
    Year: getter(() => BigInt(local.getUTCFullYear())),
    Month: getter(() => month(local)),
    Day: getter(() => BigInt(local.getUTCDate())),
    Hour: getter(() => BigInt(local.getUTCHours())),
    Minute: getter(() => BigInt(local.getUTCMinutes())),
    Second: getter(() => BigInt(local.getUTCSeconds())),
  };
}

function getter(call: () => unknown): Method {
  return { parameters: 0, call };
}

/** Prints as `March`, compares as 3. */
function month(local: Date): Struct {
  const index = local.getUTCMonth();
  const number = BigInt(index + 1);
  const options = { text: MONTHS[index] ?? '', number, json: () => String(number) };
  return struct({}, { typeName: 'time.Month', ...options });
}

function layoutText(layout: unknown): string {
  if (typeof layout !== 'string') {
    throw new Failure(`Format takes a layout such as "2006-01-02", not ${typeName(layout)}`);
  }
  return layout;
}
