import { PRIORITIES, type Priority } from '../../alert.ts';
import { canonicalTime } from '../normalise/time.ts';

/** A message of syslog, as far as its header could be read. */
export interface SyslogMessage {
  /** By its severity: they are the same eight. Undefined where the header has no valid one. */
  readonly priority?: Priority | undefined;
  readonly time?: string | undefined;
  readonly hostname?: string | undefined;
  readonly app?: string | undefined;
  readonly process?: string | undefined;
  readonly messageId?: string | undefined;
  /** Structured data, `<id>.<name>`. */
  readonly data: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What times without a zone or a year are read by. */
export interface Clock {
  readonly nowMs: number;
  /** `+00:00` */
  readonly utcOffset: string;
}

/**
 * Reads a message of RFC 5424 or RFC 3164, also with the time of RFC 5424 in front of the rest of RFC
 * 3164, as Go's library writes it. What is neither is all text. Never fails.
 */
export function readMessage(raw: string, clock: Clock): SyslogMessage {
  const [head = '', digits] = /^<(\d{1,3})>/.exec(raw) ?? [];
  const pri = Number(digits ?? Number.NaN);
  const priority = pri <= PRI_MAX ? PRIORITIES[pri % 8] : undefined;
  const rest = raw.slice(head.length);
  const message = readModern(rest) ?? readOld(rest, clock) ?? { data: {}, text: rest };
  return { ...message, priority };
}

const PRI_MAX = 191;

/** Version, time, host, app, process, id: each without spaces, none longer than the standard has it. */
const MODERN = /^1 (\S{1,64}) (\S{1,255}) (\S{1,128}) (\S{1,128}) (\S{1,64}) (?=-(?: |$)|\[)/;

function readModern(rest: string): SyslogMessage | undefined {
  const parts = MODERN.exec(rest);
  if (parts === null) return undefined;
  const [head, time, hostname, app, process, messageId] = parts.map((part) =>
    part === '-' ? undefined : part,
  );
  const { data, end } = readData(rest, head!.length);
  const text = rest
    .slice(end)
    .replace(/^ /, '')
    .replace(/^\ufeff/, '');
  return { time: canonicalTime(time), hostname, app, process, messageId, data, text };
}

const DATA_MAX = 128;
const ELEMENT = /\[([^\s=\]"]{1,64})/y;
const PARAMETER = / ([^\s=\]"]{1,64})="((?:[^"\\\]]|\\[^])*)"/y;

/** Structured data from `from` on, which is `-` where there is none; what is not well-formed is text. */
function readData(rest: string, from: number): { data: Record<string, string>; end: number } {
  if (rest[from] === '-') return { data: {}, end: from + 1 };
  const data: [string, string][] = [];
  let end = from;
  for (;;) {
    ELEMENT.lastIndex = end;
    const id = ELEMENT.exec(rest)?.[1];
    if (id === undefined) break;
    let at = ELEMENT.lastIndex;
    for (;;) {
      PARAMETER.lastIndex = at;
      const [whole, name, value] = PARAMETER.exec(rest) ?? [];
      if (whole === undefined || data.length >= DATA_MAX) break;
      data.push([`${id}.${name}`, value!.replaceAll(/\\(["\\\]])/g, '$1')]);
      at += whole.length;
    }
    if (rest[at] !== ']') break;
    end = at + 1;
  }
  return { data: Object.fromEntries(data), end };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const OLD_TIME = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?) /;
const NEW_TIME = /^(\d{4}-\d\d-\d\dT\S{8,40}) /;
const HOST_AND_TAG = /^(?:(\S{1,255}) )?([^\s:[\]]{1,128})(?:\[([^\]\s]{0,64})\])?: ?/;

function readOld(rest: string, clock: Clock): SyslogMessage | undefined {
  const old = OLD_TIME.exec(rest);
  const head = old ?? NEW_TIME.exec(rest);
  if (head === null) return undefined;
  const time = old === null ? canonicalTime(head[1]) : timeOf(old, clock);
  const behind = rest.slice(head[0].length);
  const tagged = HOST_AND_TAG.exec(behind);
  if (tagged === null) {
    const [hostname = '', ...words] = behind.split(' ');
    return { time, hostname, data: {}, text: words.join(' ') };
  }
  const [header, hostname, app = '', process] = tagged;
  const text = behind.slice(header.length);
  // CEF and LEEF may come without a tag; their own beginning looks like one.
  if (SIEM.has(app)) return { time, hostname, data: {}, text: `${app}:${text}` };
  return { time, hostname, app, process, data: {}, text };
}

const SIEM: ReadonlySet<string> = new Set(['CEF', 'LEEF']);
const DAY_MS = 24 * 60 * 60 * 1000;

/** The year is the present one, or the one before for what would be of tomorrow. */
function timeOf([, month, day, clock]: RegExpExecArray, { nowMs, utcOffset }: Clock) {
  const at = MONTHS.indexOf(month!) + 1;
  if (at === 0) return undefined;
  const date = `${String(at).padStart(2, '0')}-${day!.replace(' ', '0')}`;
  const year = new Date(nowMs).getUTCFullYear();
  const [now, before] = [year, year - 1].map((one) =>
    canonicalTime(`${one}-${date}T${clock}${utcOffset}`),
  );
  return now !== undefined && Date.parse(now) <= nowMs + DAY_MS ? now : before;
}
