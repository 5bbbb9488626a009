/** A line of auditd's log (audit.log, or what audisp passes on). */
export interface AuditRecord {
  /** Empty where the line names none. */
  readonly node: string;
  readonly type: string;
  /** `1786406401.512:90211`: what the records of one event have in common. */
  readonly stamp: string;
  /** In ms since 1970. */
  readonly atMs: number;
  /** Values decoded; null is what auditd says for "none". */
  readonly fields: ReadonlyMap<string, string | null>;
  /** Characters of the line, for bounds. */
  readonly chars: number;
}

const HEAD =
  /^(?:node=(\S{1,253}) )?type=([A-Z0-9_]{1,64}|UNKNOWN\[\d{1,6}\]) msg=audit\((\d{1,11})\.(\d{3}):(\d{1,20})\):/;

/** Undefined for what is no such line. */
export function parseRecord(line: string): AuditRecord | undefined {
  const match = HEAD.exec(line);
  if (match === null) return undefined;
  const [head, node = '', type = '', seconds = '', ms = '', serial = ''] = match;
  // Behind this character stand the names of numbers, in capitals.
  const [said = '', names = ''] = line.slice(head.length).split(ENRICHED, 2);
  const fields = new Map<string, string | null>();
  if (type === 'AVC') readDecision(said, fields);
  readFields(said, type, fields);
  readFields(names, type, fields);
  const atMs = Number(seconds) * 1000 + Number(ms);
  return { node, type, stamp: `${seconds}.${ms}:${serial}`, atMs, fields, chars: line.length };
}

const ENRICHED = '\u001d';
/** More than any record has, but for the arguments of a command. */
const FIELDS_MAX = 512;
/** A value ends at the next quote of its kind, or at the next space. */
const FIELD = /(?:^|[\s,])([A-Za-z][\w-]{0,63}(?:\[\d{1,6}\])?)=(?:"([^"]*)"|'([^']*)'|(\S*))/g;

function readFields(text: string, type: string, fields: Map<string, string | null>): void {
  for (const [, name = '', quoted, inner, bare = ''] of text.matchAll(FIELD)) {
    if (fields.size >= FIELDS_MAX) return;
    if (name === 'msg' && inner !== undefined) {
      // What a program says by itself, in auditd's own form.
      readFields(inner, type, fields);
    } else if (!fields.has(name)) {
      fields.set(name, quoted ?? inner ?? bareValue(name, bare, type));
    }
  }
}

/** `avc:  denied  { read } for  pid=…` */
function readDecision(text: string, fields: Map<string, string | null>): void {
  const [, decision, permissions] = DECISION.exec(text) ?? [];
  if (decision === undefined || permissions === undefined) return;
  fields.set('decision', decision);
  fields.set('permissions', permissions.trim());
}

const DECISION = /\b(denied|granted) {1,4}\{ ?([\w ]{1,200})\}/;

const NONE: ReadonlySet<string> = new Set(['(null)', '(none)', '?', '']);
/** Where the kernel writes hexadecimal digits for what has bytes that are not safe. */
const ENCODED: ReadonlySet<string> = new Set([
  'acct',
  'cmd',
  'comm',
  'cwd',
  'data',
  'exe',
  'key',
  'name',
  'path',
  'proctitle',
]);
const HEX = /^(?:[0-9A-F]{2})+$/;

function bareValue(name: string, value: string, type: string): string | null {
  if (NONE.has(value)) return null;
  // The arguments of a system call are numbers, those of a command are texts.
  const isEncoded = ENCODED.has(name) || (type === 'EXECVE' && /^a\d/.test(name));
  if (!isEncoded || !HEX.test(value)) return value;
  const text = Buffer.from(value, 'hex').toString();
  return name === 'proctitle' ? text.replace(/\0+$/, '').replaceAll('\0', ' ') : text;
}
