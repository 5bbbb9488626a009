import { type ExactNumber, isExactNumber } from '../../alert.ts';

/**
 * A sender's time as the alert keeps it: RFC 3339 text in UTC, never a `Date`, which would cut
 * Falco's nanoseconds to milliseconds. Text must be what Go's `encoding/json` takes (RFC 3339 with
 * `T`, upper case; a comma or an hour of one digit pass), because that is what Falcosidekick took;
 * beyond that, a leap second is folded into the second before it, and numbers are seconds, ms, us
 * or ns since 1970 by their magnitude. Exactly nine fraction digits, Falco's own form, stay as they
 * are; any other fraction is written as Go's RFC3339Nano does, without trailing zeros.
 *
 * Undefined: no time, or Go's zero time, which stands for one that was never set.
 */
export function canonicalTime(value: unknown): string | undefined {
  if (typeof value === 'string') return isFalcoTime(value) ? value : fromRfc3339(value);
  if (typeof value === 'number' || isExactNumber(value)) return fromEpoch(value);
  return undefined;
}

/** Whether a time is canonical at a glance. */
export function isFalcoTime(text: string): boolean {
  return FALCO_TIME.test(text);
}

/** The years 0001 to 9999, which are all that RFC 3339 can write. */
const SECONDS_MIN = -62_135_596_800;
const SECONDS_MAX = 253_402_300_799;

/** Whole seconds since 1970 and nanoseconds, to the digit; undefined for what is no time. */
export function timestampTime(seconds: number, nanos: number): string | undefined {
  const isTime = seconds >= SECONDS_MIN && seconds <= SECONDS_MAX;
  if (!isTime || nanos < 0 || nanos > 999_999_999) return undefined;
  const toTheSecond = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${toTheSecond}.${String(nanos).padStart(9, '0')}Z`;
}

let lastReceipt = { ms: 0, text: new Date(0).toISOString() };

/** When the hub took something in. Spelled out once a millisecond, in which much may come. */
export function receiptTime(nowMs: number): string {
  if (lastReceipt.ms !== nowMs) {
    lastReceipt = { ms: nowMs, text: new Date(nowMs).toISOString() };
  }
  return lastReceipt.text;
}

/** What needs no arithmetic: days that every month has, years that are not Go's zero. */
const FALCO_TIME =
  /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{9}Z$/;

const DATE = '(?<date>\\d{4}-\\d\\d-\\d\\d)';
const CLOCK = '(?<hour>[01]?\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)';
const FRACTION = '(?:[.,](?<fraction>\\d+))?';
const OFFSET = '(?:Z|(?<sign>[+-])(?<offsetHour>[01]\\d|2[0-3]):(?<offsetMinute>[0-5]\\d))';
const RFC3339 = new RegExp(`^${DATE}T${CLOCK}${FRACTION}${OFFSET}$`);

function fromRfc3339(text: string): string | undefined {
  const parts = RFC3339.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const dayMs = startOfDayMs(`${parts.date}`);
  if (Number.isNaN(dayMs)) return undefined;
  const isLeap = parts.second === '60';
  const clock = secondsOf(parts.hour, parts.minute) + (isLeap ? 59 : Number(parts.second));
  const offset = secondsOf(parts.offsetHour, parts.offsetMinute) * (parts.sign === '-' ? -1 : 1);
  const fraction = isLeap ? '999999999' : goFraction(parts.fraction ?? '');
  return utcText(dayMs + (clock - offset) * 1000, fraction);
}

/** NaN for a day that does not exist: V8 would take 30 February for the first of March. */
function startOfDayMs(date: string): number {
  const ms = Date.parse(date);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date) ? ms : Number.NaN;
}

function secondsOf(hour = '0', minute = '0'): number {
  return Number(hour) * 3600 + Number(minute) * 60;
}

/** Eleven digits of seconds reach the year 5138; every further three are a smaller unit. */
function fromEpoch(value: number | ExactNumber): string | undefined {
  const literal = typeof value === 'number' ? String(value) : value.rawJSON;
  const plain = /[eE]/.test(literal) ? String(Number(literal)) : literal;
  const [, whole, fraction = ''] = /^(\d{1,20})(?:\.(\d+))?$/.exec(plain) ?? [];
  if (whole === undefined) return undefined;
  const unitDigits = Math.max(0, Math.ceil((whole.length - 11) / 3) * 3);
  const seconds = whole.slice(0, whole.length - unitDigits);
  const digits = whole.slice(whole.length - unitDigits) + fraction;
  return utcText(Number(seconds) * 1000, withoutTrailingZeros(digits.slice(0, 9)));
}

function goFraction(digits: string): string {
  return digits.length === 9 ? digits : withoutTrailingZeros(digits.slice(0, 9));
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

function utcText(secondsMs: number, fraction: string): string | undefined {
  const iso = new Date(secondsMs).toISOString();
  const isFourDigitYear = iso.length === 24;
  const isZero = iso === '0001-01-01T00:00:00.000Z' && withoutTrailingZeros(fraction) === '';
  if (!isFourDigitYear || isZero) return undefined;
  return `${iso.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}
