import { type UnwrappedLine, writtenAt } from './line.ts';

/**
 * `Aug 11 00:04:09 host falco[123]: text`: a line of a syslog file, and of `journalctl` with any of
 * its short formats, which differ in their time only. Every part is bounded, so that a line without
 * a colon takes no longer than any other.
 */
const TIMES = {
  /** RFC 3164, with a fraction for `short-precise`. */
  month: '[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?',
  /** rsyslog's own, `short-iso` and `short-iso-precise`. */
  iso: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)',
  /** `short-full`. */
  full: '[A-Z][a-z]{2} \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})? [A-Z0-9+-]{1,8}',
  /** `short-unix`. */
  unix: '\\d{9,11}\\.\\d{1,9}',
  /** `short-monotonic`: since the start of the machine, whenever that was. */
  monotonic: '\\[ {0,16}\\d{1,16}\\.\\d{1,9}\\]',
};

const PREFIX = new RegExp(
  '^(?:<\\d{1,3}>)?(?:' +
    Object.entries(TIMES)
      .map(([name, pattern]) => `(?<${name}>${pattern})`)
      .join('|') +
    ') (?<hostname>[^\\s:]{1,253}(?::[^\\s:]{0,253}){0,8}) ' +
    '[^\\s:[\\]]{1,128}(?:\\[\\d{1,10}\\])?: ?',
);

export function unwrapSyslog(line: string, nowMs: number): UnwrappedLine | undefined {
  const match = PREFIX.exec(line);
  if (match === null) return undefined;
  const { hostname = '', ...times } = match.groups ?? {};
  return {
    text: line.slice(match[0].length),
    isPart: false,
    stream: '',
    hostname,
    ...writtenAt(timeOf(times, nowMs)),
  };
}

/** Times without a zone are taken as UTC, as Falco's own clock is. */
function timeOf(
  { month, iso, full, unix }: Readonly<Record<string, string | undefined>>,
  nowMs: number,
): number {
  if (month !== undefined) return withYear(month, nowMs);
  if (unix !== undefined) return Number(unix) * 1000;
  if (iso !== undefined) {
    return Date.parse(iso.replace(',', '.').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  }
  return full === undefined
    ? Number.NaN
    : Date.parse(`${full.slice(4, 14)}T${full.slice(15, 23)}Z`);
}

const DAY_MS = 24 * 3600 * 1000;

/** This year's, or last year's where that would be more than a day ahead. */
function withYear(text: string, nowMs: number): number {
  const year = new Date(nowMs).getUTCFullYear();
  const [month, day, clock] = [text.slice(0, 3), text.slice(4, 6).trim(), text.slice(7, 15)];
  const thisYearMs = Date.parse(`${day} ${month} ${year} ${clock} UTC`);
  return thisYearMs > nowMs + DAY_MS
    ? Date.parse(`${day} ${month} ${year - 1} ${clock} UTC`)
    : thisYearMs;
}
