import {
  type Alert,
  type FieldValue,
  type Priority,
  priorityTitle,
  type Provenance,
} from '../../alert.ts';
import { escapeAsGo, parseLossless } from '../../json.ts';
import type { VerbatimParts } from '../verbatim.ts';
import type { NormaliseContext } from './falco.ts';
import type { Fields } from './fields.ts';
import {
  HOSTNAME_LENGTH_MAX,
  RULE_LENGTH_MAX,
  SOURCE_LENGTH_MAX,
  hasControl,
  isLabel,
} from './names.ts';
import { readPriority } from './priority.ts';
import { readTags } from './tags.ts';
import { isFalcoTime, receiptTime } from './time.ts';
import { uuidV7 } from './uuid.ts';

/** An alert, and its text as `alertToJson` would write it. */
export interface VerbatimResult {
  readonly alert: Alert;
  readonly json: string;
}

/**
 * Makes an alert of a document in Falco's own form by putting its parts together. Undefined where
 * there is anything to mend, to refuse or to add: `normaliseFalco` does that.
 */
export function normaliseVerbatim(
  parts: VerbatimParts,
  { nowMs, provenance, enrichment }: NormaliseContext,
): VerbatimResult | undefined {
  const addsNothing = enrichment.isIdle && enrichment.customTags.length === 0;
  if (!addsNothing || !isInOrder(parts)) return undefined;
  const priority = readPriority(parts.priority);
  const tags = tagsOf(parts.tagsJson);
  if (priority === undefined || tags === undefined) return undefined;
  const uuid = uuidV7(nowMs);
  const alert = new VerbatimAlert(parts, { uuid, priority, tags, nowMs, provenance });
  return { alert, json: jsonOf(parts, uuid, priority) };
}

/** Whether there is nothing to mend. `Test rule` has a source of its own. */
function isInOrder({ rule, source, hostname, time }: VerbatimParts): boolean {
  if (!isLabel(rule, RULE_LENGTH_MAX) || rule === 'Test rule') return false;
  if (!isLabel(source, SOURCE_LENGTH_MAX) || !isFalcoTime(time)) return false;
  return hostname.length <= HOSTNAME_LENGTH_MAX && !hasControl(hostname);
}

/** The order of keys is `alertToJson`'s. */
function jsonOf(parts: VerbatimParts, uuid: string, priority: Priority): string {
  const { outputJson, rule, time, fieldsJson, source, tagsJson, hostname } = parts;
  const json =
    `{"uuid":"${uuid}","output":${outputJson},"priority":"${priorityTitle(priority)}"` +
    `,"rule":"${rule}","time":"${time}","output_fields":${fieldsJson},"source":"${source}"` +
    (tagsJson === '' ? '' : `,"tags":${tagsJson}`) +
    (hostname === '' ? '}' : `,"hostname":"${hostname}"}`);
  return parts.hasGoEscaped ? escapeAsGo(json) : json;
}

const NO_TAGS: readonly string[] = [];
const KNOWN_MAX = 1000;
/** A rule's alerts all have the same tags. Undefined: a list that has to be put in order. */
const knownTags = new Map<string, readonly string[] | undefined>();

function tagsOf(tagsJson: string): readonly string[] | undefined {
  if (tagsJson === '') return NO_TAGS;
  const known = knownTags.get(tagsJson);
  if (known !== undefined || knownTags.has(tagsJson)) return known;
  if (knownTags.size >= KNOWN_MAX) knownTags.clear();
  const sent = JSON.parse(tagsJson) as readonly string[];
  // In order they come back as they are; an empty list is left out.
  const isKept = sent.length > 0 && readTags(sent, [], { truncated: false }) === sent;
  const tags = isKept ? sent : undefined;
  knownTags.set(tagsJson, tags);
  return tags;
}

interface Known {
  readonly uuid: string;
  readonly priority: Priority;
  readonly tags: readonly string[];
  readonly nowMs: number;
  readonly provenance: Provenance;
}

/** Its output and its fields are parsed when somebody asks for them: mostly nobody does. */
class VerbatimAlert implements Alert {
  readonly uuid: string;
  readonly time: string;
  readonly priority: Priority;
  readonly rule: string;
  readonly source: string;
  readonly tags: readonly string[];
  readonly hostname: string;
  readonly receivedAt: string;
  readonly ingest: Provenance;
  readonly #outputJson: string;
  readonly #fieldsJson: string;
  #fields: Fields | undefined;

  constructor(parts: VerbatimParts, known: Known) {
    this.uuid = known.uuid;
    this.time = parts.time;
    this.priority = known.priority;
    this.rule = parts.rule;
    this.source = parts.source;
    this.tags = known.tags;
    this.hostname = parts.hostname;
    this.receivedAt = receiptTime(known.nowMs);
    this.ingest = known.provenance;
    this.#outputJson = parts.outputJson;
    this.#fieldsJson = parts.fieldsJson;
  }

  get output(): string {
    return JSON.parse(this.#outputJson) as string;
  }

  get fields(): Fields {
    return (this.#fields ??= parseLossless(this.#fieldsJson) as Fields);
  }

  /** One of the fields, without parsing the others where it is a text. */
  field(name: string): FieldValue | undefined {
    const pattern = patternOf(name);
    if (this.#fields !== undefined || pattern === undefined) return ownField(this.fields, name);
    const start = valueStart(this.#fieldsJson, pattern);
    if (start === undefined) return undefined;
    // What Falco says of a process outside of any container.
    if (this.#fieldsJson.startsWith('null', start)) return null;
    if (this.#fieldsJson[start] !== '"') return ownField(this.fields, name);
    const end = this.#fieldsJson.indexOf('"', start + 1);
    const text = this.#fieldsJson.slice(start + 1, end);
    return text.includes('\\') ? ownField(this.fields, name) : text;
  }
}

function ownField(fields: Fields, name: string): FieldValue | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** How a member begins, where it is the first and where it is another. */
interface Pattern {
  readonly first: string;
  readonly other: string;
}

/** The same few names are looked for in every alert. Undefined: one that cannot be found so. */
const knownPatterns = new Map<string, Pattern | undefined>();

function patternOf(name: string): Pattern | undefined {
  const known = knownPatterns.get(name);
  if (known !== undefined || knownPatterns.has(name)) return known;
  if (knownPatterns.size >= KNOWN_MAX) knownPatterns.clear();
  const pattern = HARD_TO_FIND.test(name)
    ? undefined
    : { first: `{"${name}":`, other: `,"${name}":` };
  knownPatterns.set(name, pattern);
  return pattern;
}

/**
 * Names that need escapes are never in Falco's form. One that begins with a colon, a comma or a
 * bracket would be found behind a name or a text that ends with a comma: `"a,":":"` has `,":":` in it.
 */
// oxlint-disable-next-line no-control-regex -- control characters are among what needs escapes
const HARD_TO_FIND = /^[:,\]]|["\\\u0000-\u001f]/;

/**
 * Within a text every quote has a backslash before it, so that what follows a comma and a quote is a
 * name, an element of a list, behind which no colon comes, or what stands between two of them: a
 * colon, a comma or a bracket.
 */
function valueStart(fieldsJson: string, { first, other }: Pattern): number | undefined {
  if (fieldsJson.startsWith(first)) return first.length;
  const at = fieldsJson.indexOf(other);
  return at === -1 ? undefined : at + other.length;
}
