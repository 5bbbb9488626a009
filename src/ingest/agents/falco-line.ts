import { RESERVED } from '../../json-scan.ts';
import { canonicalTime } from '../normalise/time.ts';
import { RULE_BY_TITLE } from './falco-titles.ts';

/**
 * `18:08:40.584075795: Notice A shell was spawned … (user=root …)`, with a time in ISO 8601
 * (`time_format_iso_8601`), or without one.
 */
const ISO = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{1,12}[+-]\\d{4}';
const CLOCK = '\\d\\d:\\d\\d:\\d\\d\\.\\d{1,12}';
const PRIORITY = 'Emergency|Alert|Critical|Error|Warning|Notice|Informational|Debug';
const LINE = new RegExp(
  `^(?:(?<time>${ISO}|${CLOCK}): )?(?<priority>${PRIORITY}) (?<message>\\S[^]*)$`,
);

/** What is longer is cut anyway, and has no more fields. */
const PARSED_LENGTH_MAX = 16 * 1024;

/**
 * The alert in a line that Falco writes with `json_output: false`, in Falco's shape; undefined for
 * what is no alert, as what Falco writes at its start. The text has no rule, so its first sentence
 * stands in where no rule is known for it; fields whose values look like other fields are a guess.
 */
export function readFalcoLine(
  line: string,
  nowMs: number,
): Readonly<Record<string, unknown>> | undefined {
  const { time, priority, message } = LINE.exec(line)?.groups ?? {};
  if (priority === undefined || message === undefined) return undefined;
  const text = message.slice(0, PARSED_LENGTH_MAX);
  const isInternal = text.startsWith(INTERNAL);
  return {
    rule: isInternal ? internalRule(text) : ruleOf(text),
    priority,
    output: line,
    time: timeOf(time, nowMs),
    tags: ['parsed_from_text'],
    output_fields: fieldsOf(text),
    ...(isInternal && { source: 'internal' }),
  };
}

/**
 * Falco writes its lines escaped as a JSON string is, without the quotes. One that is not so is what
 * it is.
 */
export function unescapeFalcoLine(line: string): string {
  if (!line.includes('\\')) return line;
  try {
    return (JSON.parse(`"${line}"`) as string).toWellFormed();
  } catch {
    return line;
  }
}

const INTERNAL = 'Falco internal: ';

/** `Falco internal: syscall event drop` of a sentence that goes on with figures. */
function internalRule(text: string): string {
  const [, what = ''] = /^([a-z ]{1,64})/.exec(text.slice(INTERNAL.length)) ?? [];
  return `${INTERNAL}${what}`.trim();
}

function ruleOf(text: string): string {
  const ends = [text.indexOf(' ('), text.indexOf(' | ')].filter((at) => at !== -1);
  const title = text.slice(0, Math.min(...ends, text.length)).trim();
  return RULE_BY_TITLE.get(title) ?? title;
}

const DAY_MS = 24 * 3600 * 1000;

/** A clock without a date is of today, or of yesterday just after midnight. UTC. */
function timeOf(time: string | undefined, nowMs: number): string | undefined {
  if (time === undefined) return undefined;
  const [, before = '', fraction = '', zone] = /^(.*)\.(\d{1,9})\d*([+-]\d{4})?$/.exec(time) ?? [];
  if (zone !== undefined) {
    return canonicalTime(`${before}.${fraction}${zone.slice(0, 3)}:${zone.slice(3)}`);
  }
  const today = `${dayOf(nowMs)}${before}.${fraction}Z`;
  const isAhead = Date.parse(today) > nowMs + DAY_MS / 2;
  return canonicalTime(isAhead ? `${dayOf(nowMs - DAY_MS)}${before}.${fraction}Z` : today);
}

/** `2026-08-11T`. */
function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 11);
}

/** Lengths are bounded, so that a text of nothing but brackets takes no longer than any other. */
const NAME = /(?:^|[ (|])([A-Za-z_][\w.-]{0,63}(?:\[[^\][ ]{0,63}\])?)=/g;

/** Names that outputs use, for the fields they show. */
const FIELD_BY_NAME: ReadonlyMap<string, string> = new Map([
  ['k8s.ns', 'k8s.ns.name'],
  ['k8s_ns_name', 'k8s.ns.name'],
  ['k8s.pod', 'k8s.pod.name'],
  ['k8s_pod_name', 'k8s.pod.name'],
  ['container', 'container.id'],
  ['container_id', 'container.id'],
  ['container_name', 'container.name'],
  ['container_image_repository', 'container.image.repository'],
  ['container_image_tag', 'container.image.tag'],
  ['image', 'container.image.repository'],
  ['user', 'user.name'],
  ['user_uid', 'user.uid'],
  ['user_loginuid', 'user.loginuid'],
  ['command', 'proc.cmdline'],
  ['cmdline', 'proc.cmdline'],
  ['pcmdline', 'proc.pcmdline'],
  ['process', 'proc.name'],
  ['program', 'proc.name'],
  ['shell', 'proc.name'],
  ['proc_exepath', 'proc.exepath'],
  ['parent', 'proc.pname'],
  ['terminal', 'proc.tty'],
  ['evt_type', 'evt.type'],
  ['file', 'fd.name'],
  ['connection', 'fd.name'],
]);

/** The first of several values of a field counts: what Falco appends comes behind the rule's own. */
function fieldsOf(text: string): Readonly<Record<string, string | null>> {
  const fields = new Map<string, string | null>();
  const names = [...text.matchAll(NAME)];
  for (const [at, match] of names.entries()) {
    const name = FIELD_BY_NAME.get(match[1]!) ?? match[1]!;
    const value = text.slice(match.index + match[0].length, names[at + 1]?.index);
    if (!fields.has(name) && !RESERVED.has(name)) fields.set(name, valueOf(value));
  }
  return Object.fromEntries(fields);
}

function valueOf(text: string): string | null {
  const trimmed = text.trim();
  const isUnbalanced = trimmed.endsWith(')') && !trimmed.includes('(');
  const value = isUnbalanced ? trimmed.slice(0, -1) : trimmed;
  if (value === '<NA>') return null;
  return /^".*"$/s.test(value) ? value.slice(1, -1) : value;
}
