import { type Alert, type FieldValue, type Priority, severityOf } from '../alert.ts';
import { oneLine, truncate } from './format.ts';
import { epochMs } from './time.ts';
import { tokenOf } from './tokens.ts';

/** An alert as one line for a SIEM: CEF (ArcSight, Sentinel) and LEEF (QRadar). */

/** Falcosidekick's numbers, most severe first; CEF goes from 0 to 10. */
const SEVERITIES = [10, 9, 8, 7, 6, 4, 3, 0] as const;

/** 0 for Debug to 10 for Emergency. */
function cefSeverity(priority: Priority): number {
  return SEVERITIES[severityOf(priority)] ?? 0;
}

const PRODUCT = ['Falcosecurity', 'Falco', '1.0'] as const;
const MESSAGE_CHARS_MAX = 1023;
const VALUE_CHARS_MAX = 4000;

type Pair = readonly [key: string, value: string | undefined];

/** ArcSight Common Event Format, version 0, escaped as it asks for (Implementing CEF, 2017). */
export function cefLine(alert: Alert): string {
  const header = [...PRODUCT, tokenOf(alert.rule), alert.rule].map(cefHeader).join('|');
  const extension = cefPairs(alert)
    .filter((pair): pair is readonly [string, string] => pair[1] !== undefined)
    .map(([key, value]) => `${key}=${cefValue(value)}`)
    .join(' ');
  return `CEF:0|${header}|${cefSeverity(alert.priority)}|${extension}`;
}

function cefPairs(alert: Alert): Pair[] {
  const of = reader(alert);
  return [
    ['rt', String(epochMs(alert.time))],
    ['dvchost', filled(alert.hostname)],
    ['externalId', alert.uuid],
    ['cat', alert.source],
    ['msg', truncate(alert.output, MESSAGE_CHARS_MAX)],
    ['sproc', of('proc.name')],
    ['spid', of('proc.pid')],
    ['suser', of('user.name')],
    ['filePath', of('fd.name')],
    ['src', of('fd.cip')],
    ['spt', of('fd.cport')],
    ['dst', of('fd.sip')],
    ['dpt', of('fd.sport')],
    ['proto', of('fd.l4proto')],
    ...labelled(1, 'rule', alert.rule),
    ...labelled(2, 'k8sNamespace', of('k8s.ns.name') ?? of('ka.target.namespace')),
    ...labelled(3, 'k8sPod', of('k8s.pod.name')),
    ...labelled(4, 'containerId', of('container.id')),
    ...labelled(5, 'image', of('container.image.repository')),
    ...labelled(6, 'tags', filled(alert.tags.join(','))),
  ];
}

function labelled(number: number, label: string, value: string | undefined): Pair[] {
  if (value === undefined) return [];
  return [
    [`cs${number}Label`, label],
    [`cs${number}`, value],
  ];
}

/** No line break within a header, and a bar in it is no end. */
function cefHeader(text: string): string {
  return oneLine(text).replaceAll(/[\\|]/g, '\\$&');
}

function cefValue(text: string): string {
  const escaped = text
    .replaceAll(/[\\=]/g, '\\$&')
    .replaceAll(/\r\n|\n|[\p{Zl}\p{Zp}]/gu, '\\n')
    .replaceAll('\r', '\\r');
  return oneLine(escaped);
}

/** No value can hold it: it becomes a space. It is printable, since receivers escape tabs. */
const DELIMITER = '^';

/** IBM QRadar Log Event Extended Format, version 2. It has no escapes. */
export function leefLine(alert: Alert): string {
  const of = reader(alert);
  const header = [...PRODUCT, alert.rule].map((text) => leefValue(text).replaceAll('|', ' '));
  const pairs: Pair[] = [
    ['devTime', new Date(epochMs(alert.time)).toISOString().replace('Z', '+0000')],
    ['devTimeFormat', "yyyy-MM-dd'T'HH:mm:ss.SSSZ"],
    ['sev', String(Math.max(1, cefSeverity(alert.priority)))],
    ['cat', alert.source],
    ['identHostName', filled(alert.hostname)],
    ['usrName', of('user.name')],
    ['src', of('fd.cip')],
    ['dst', of('fd.sip')],
    ['srcPort', of('fd.cport')],
    ['dstPort', of('fd.sport')],
    ['proto', of('fd.l4proto')],
    ['resource', of('k8s.pod.name')],
    ['uuid', alert.uuid],
    ['priority', alert.priority],
    ['namespace', of('k8s.ns.name') ?? of('ka.target.namespace')],
    ['containerId', of('container.id')],
    ['image', of('container.image.repository')],
    ['process', of('proc.name')],
    ['file', of('fd.name')],
    ['tags', filled(alert.tags.join(','))],
    ['msg', truncate(alert.output, MESSAGE_CHARS_MAX)],
  ];
  const attributes = pairs
    .filter(([, value]) => value !== undefined)
    .map(([key, value = '']) => `${key}=${leefValue(value)}`);
  return `LEEF:2.0|${header.join('|')}|${DELIMITER}|${attributes.join(DELIMITER)}`;
}

function leefValue(text: string): string {
  return oneLine(text).replaceAll(DELIMITER, ' ');
}

/** Reads fields as text; what Falco leaves empty, or calls `<NA>`, is absent. */
function reader({ fields }: Alert): (name: string) => string | undefined {
  return (name) => (Object.hasOwn(fields, name) ? textOf(fields[name]) : undefined);
}

function textOf(value: FieldValue | undefined): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = truncate(String(value), VALUE_CHARS_MAX);
  return text === '<NA>' ? undefined : filled(text);
}

function filled(text: string): string | undefined {
  return text === '' ? undefined : text;
}
