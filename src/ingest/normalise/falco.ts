import {
  type Alert,
  isExactNumber,
  PRIORITIES,
  type Priority,
  priorityTitle,
  type Provenance,
} from '../../alert.ts';
import { enrich, type Enrichment, type NormaliseNote } from './enrich.ts';
import { readFields, sortedFields } from './fields.ts';
import { isObject, type Members, outputOf, readMembers } from './members.ts';
import {
  HOSTNAME_LENGTH_MAX,
  RULE_LENGTH_MAX,
  SOURCE_LENGTH_MAX,
  label,
  withoutControls,
} from './names.ts';
import { readPriority } from './priority.ts';
import { readTags, withTruncatedTag } from './tags.ts';
import { cut, cutBytes, type Cuts, textOf } from './text.ts';
import { canonicalTime, receiptTime } from './time.ts';
import { senderUuid, uuidV7 } from './uuid.ts';

export interface NormaliseContext {
  /** When the hub took the document in, in ms since 1970. */
  readonly nowMs: number;
  readonly provenance: Provenance;
  readonly enrichment: Enrichment;
}

export type NormaliseResult =
  | {
      readonly ok: true;
      readonly alert: Alert;
      /** The alert as `alertToJson` writes it, where that came about on the way. */
      readonly json?: string;
      /** False: the uuid is new, so a resend cannot be recognised by it. */
      readonly uuidFromSender: boolean;
      /** Whether something was cut; the alert has the tag `truncated`, too. */
      readonly truncated: boolean;
      /** What went wrong without costing the alert. */
      readonly notes: readonly NormaliseNote[];
    }
  | Refusal;

export type RefusalCode =
  | 'not_an_alert'
  | 'rule_missing'
  | 'priority_missing'
  | 'priority_unknown'
  | 'time_invalid'
  | 'fields_not_an_object';

export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  /** For the sender: what is wrong and what to send instead. */
  readonly message: string;
}

const OUTPUT_BYTES_MAX = 16 * 1024;

/**
 * Makes an alert of a document in Falco's shape, as `parseLossless` returns it.
 *
 * Falco neither reads the answer nor sends again, so a refusal loses the alert: refused is only
 * what can never be one. What the hub can fill in or cut to size, it does.
 */
export function normaliseFalco(document: unknown, context: NormaliseContext): NormaliseResult {
  if (!isObject(document)) return refuse('not_an_alert', NOT_AN_OBJECT);
  const members = readMembers(document);
  const essentials = readEssentials(members, context.nowMs);
  if (!essentials.ok) return essentials;
  const { time, priority, sentFields } = essentials;
  const cuts: Cuts = { truncated: false };
  const rule = cut(essentials.rule, RULE_LENGTH_MAX, cuts);
  const tags = readTags(members.tags, context.enrichment.customTags, cuts);
  const sent = {
    priority,
    output: readOutput(members, cuts),
    fields: readFields(sentFields, cuts),
    tags,
    provenance: context.provenance,
  };
  const enriched = enrich(sent, context.enrichment, cuts);
  const sentUuid = senderUuid(members.uuid);
  const alert: Alert = {
    uuid: sentUuid ?? uuidV7(context.nowMs),
    time,
    priority,
    rule,
    source: readSource(members, rule, cuts),
    output: cutBytes(enriched.output, OUTPUT_BYTES_MAX, cuts),
    fields: sortedFields(enriched.fields),
    tags,
    hostname: readHostname(members, cuts),
    receivedAt: receiptTime(context.nowMs),
    ingest: context.provenance,
  };
  const { truncated } = cuts;
  return {
    ok: true,
    alert: truncated ? { ...alert, tags: withTruncatedTag(alert.tags) } : alert,
    uuidFromSender: sentUuid !== undefined,
    truncated,
    notes: enriched.notes,
  };
}

interface Essentials {
  readonly ok: true;
  readonly rule: string;
  readonly priority: Priority;
  readonly time: string;
  readonly sentFields: Readonly<Record<string, unknown>>;
}

const NOT_AN_OBJECT = 'This is no alert: send a JSON object with at least `rule` and `priority`.';
const NEITHER =
  'This is no Falco alert: it has neither `rule` nor `priority`. ' +
  'Send what Falco writes with `json_output: true`.';
const PRIORITY_NAMES = PRIORITIES.map(priorityTitle).join(', ');

/** Whatever an alert can be refused for. */
function readEssentials(members: Members, nowMs: number): Essentials | Refusal {
  const { priority: sentPriority, output_fields: sentFields = {} } = members;
  const rule = label(members.rule);
  if (rule === '') return refuseRule(sentPriority);
  const priority = readPriority(sentPriority);
  if (priority === undefined) return refusePriority(sentPriority);
  // Falco always sends a time. For one who did not, the receipt is close, and better than no alert.
  const time = canonicalTime(members.time ?? nowMs);
  if (time === undefined) {
    return refuse(
      'time_invalid',
      `\`time\` is ${quoted(members.time)}: ` +
        'send RFC 3339 like 2026-01-31T12:00:00.5Z, seconds since 1970, or no time.',
    );
  }
  if (!isObject(sentFields) || isExactNumber(sentFields)) {
    return refuse(
      'fields_not_an_object',
      '`output_fields` must be a JSON object of names and values.',
    );
  }
  return { ok: true, rule, priority, time, sentFields };
}

function refuseRule(sentPriority: unknown): Refusal {
  if (sentPriority === undefined) return refuse('not_an_alert', NEITHER);
  return refuse(
    'rule_missing',
    '`rule` is missing or blank: send the name of the rule that fired.',
  );
}

function refusePriority(sent: unknown): Refusal {
  const names = `send one of ${PRIORITY_NAMES}.`;
  if (sent === undefined) return refuse('priority_missing', `\`priority\` is missing: ${names}`);
  return refuse('priority_unknown', `\`priority\` is ${quoted(sent)}: ${names}`);
}

function refuse(code: RefusalCode, message: string): Refusal {
  return { ok: false, code, message };
}

/** The sender's own value in an answer and a log: short, and nothing a terminal would act on. */
function quoted(value: unknown): string {
  const text = textOf(value);
  if (text === '' && typeof value !== 'string') return 'not text';
  return JSON.stringify(text.slice(0, 40).replaceAll(/[^ -~]/g, '?'));
}

function readOutput(members: Members, cuts: Cuts): string {
  const sent = outputOf(members);
  const isStructure = typeof sent === 'object' && sent !== null && !isExactNumber(sent);
  return cutBytes(isStructure ? JSON.stringify(sent) : textOf(sent), OUTPUT_BYTES_MAX, cuts);
}

/** `syscalls`, in the plural, and the special rule are Falcosidekick's. */
function readSource(members: Members, rule: string, cuts: Cuts): string {
  if (rule === 'Test rule') return 'internal';
  return cut(label(members.source), SOURCE_LENGTH_MAX, cuts) || 'syscalls';
}

function readHostname(members: Members, cuts: Cuts): string {
  return cut(withoutControls(textOf(members.hostname)), HOSTNAME_LENGTH_MAX, cuts);
}
