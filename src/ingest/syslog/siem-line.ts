import { type Priority, priorityTitle } from '../../alert.ts';
import type { JsonObject } from '../agents/agent.ts';
import { firstText, prefixed, said } from '../agents/members.ts';
import { severityPriority } from '../normalise/severity.ts';
import { canonicalTime } from '../normalise/time.ts';

/** Lines for a SIEM: CEF and LEEF. */

export interface SiemLine {
  readonly agent: 'cef' | 'leef';
  /** In Falco's shape. */
  readonly document: JsonObject;
}

/** The alert in a line of CEF or LEEF; undefined for any other text. */
export function readSiemLine(text: string): SiemLine | undefined {
  if (/^CEF:\d{1,2}\|/.test(text)) return readCef(text);
  return /^LEEF:\d(?:\.\d)?\|/.test(text) ? readLeef(text) : undefined;
}

/** `CEF:0|vendor|product|version|signature|name|severity|key=value …` */
function readCef(text: string): SiemLine | undefined {
  const parts = splitHeader(text, 7);
  if (parts === undefined) return undefined;
  const [, vendor, product, , signature, name, severity = '', rest = ''] = parts;
  const own = labelled(cefValues(rest));
  return {
    agent: 'cef',
    document: documentOf('cef', own, {
      rule: firstText(name, signature),
      severity,
      fields: { vendor, product, signature },
      output: own['msg'],
      hostname: firstText(own['dvchost'], own['dhost'], own['shost']),
      time: firstText(own['rt'], own['start'], own['end']),
    }),
  };
}

/** `LEEF:2.0|vendor|product|version|event|^|key=value^…`; 1.0 has no delimiter, but a tab. */
function readLeef(text: string): SiemLine | undefined {
  const isFirst = text.startsWith('LEEF:1');
  const parts = splitHeader(text, isFirst ? 5 : 6);
  if (parts === undefined) return undefined;
  const [, vendor, product, , event] = parts;
  const delimiter = isFirst ? '\t' : delimiterOf(parts[5] ?? '');
  const own = leefValues(parts.at(-1) ?? '', delimiter);
  return {
    agent: 'leef',
    document: documentOf('leef', own, {
      rule: firstText(own['eventName'], event),
      severity: own['sev'] ?? '',
      fields: { vendor, product, event },
      output: own['msg'],
      hostname: firstText(own['identHostName'], own['devName']),
      time: own['devTime'],
    }),
  };
}

interface Told {
  readonly rule: string | undefined;
  readonly severity: string;
  readonly fields: JsonObject;
  readonly output: string | undefined;
  readonly hostname: string | undefined;
  readonly time: string | undefined;
}

function documentOf(kind: string, own: Values, told: Told): JsonObject {
  const { rule, severity, fields, output, hostname, time } = told;
  return {
    uuid: own['uuid'] ?? own['externalId'],
    rule: rule ?? kind,
    priority: priorityTitle(priorityOf(severity)),
    source: firstText(own['source'], own['cat']) ?? kind,
    time: timeOf(time),
    hostname,
    output: firstText(output, rule) ?? kind,
    output_fields: said(prefixed(kind, { ...own, ...fields })),
  };
}

/** From 0 to 10, as Falcosidekick writes them. */
const LEVELS: readonly Priority[] = [
  'debug',
  'informational',
  'informational',
  'informational',
  'notice',
  'warning',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

function priorityOf(severity: string): Priority {
  const text = severity.trim();
  if (/^very.?high$/i.test(text)) return 'critical';
  return (/^\d{1,2}$/.test(text) ? LEVELS[Number(text)] : severityPriority(text)) ?? 'notice';
}

/** RFC 3339 or milliseconds; of any other way to write a time nobody knows the zone. */
function timeOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return canonicalTime(/^\d{10,13}$/.test(text) ? Number(text) : text);
}

type Values = Readonly<Record<string, string | undefined>>;

/** The parts between `|`, of which `\|` is none; undefined where there are fewer. */
function splitHeader(text: string, bars: number): string[] | undefined {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length && parts.length < bars; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '|') {
      parts.push(
        text
          .slice(start, at)
          .replaceAll(/\\([\\|])/g, '$1')
          .trim(),
      );
      start = at + 1;
    }
  }
  return parts.length < bars ? undefined : [...parts, text.slice(start)];
}

const VALUES_MAX = 512;
const KEY = /(?:^|\s)([\w.[\]-]{1,64})=/g;

/** Values have spaces, and end where the next key begins. */
function cefValues(text: string): Values {
  const keys = [...text.matchAll(KEY)].slice(0, VALUES_MAX);
  const entries = keys.map((key, at) => {
    const value = text.slice(key.index + key[0].length, keys[at + 1]?.index).trim();
    return [key[1]!, value.replaceAll(/\\([\\=nr])/g, unescape)] as const;
  });
  return Object.fromEntries(entries);
}

function unescape(_: string, character: string): string {
  return { n: '\n', r: '\r' }[character] ?? character;
}

/** `cs1Label=rule cs1=…`: the label is the name. */
function labelled(values: Values): Values {
  const entries = Object.entries(values).filter(([key]) => !key.endsWith('Label'));
  return Object.fromEntries(
    entries.map(([key, value]) => [firstText(values[`${key}Label`]) ?? key, value]),
  );
}

function leefValues(text: string, delimiter: string): Values {
  const pairs = text.split(delimiter, VALUES_MAX).map((pair) => {
    const equals = pair.indexOf('=');
    return [pair.slice(0, Math.max(0, equals)).trim(), pair.slice(equals + 1).trim()] as const;
  });
  return Object.fromEntries(pairs.filter(([key]) => key !== ''));
}

/** One character, or its code: `x09`, `0x5E`. */
function delimiterOf(text: string): string {
  const code = /^0?x([\da-f]{2,4})$/i.exec(text)?.[1];
  return (code === undefined ? text[0] : String.fromCharCode(Number.parseInt(code, 16))) ?? '\t';
}
