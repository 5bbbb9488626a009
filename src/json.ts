import { hash, randomBytes } from 'node:crypto';
import { type Alert, type Priority, priorityTitle, type Provenance } from './alert.ts';
import { type ExactLiteral, RESERVED, scanJson } from './json-scan.ts';
import { syntaxErrorPosition } from './json-syntax.ts';

/** JSON in and out of the hub without losing a digit: foreign bodies, and alerts as text. */

/** Why a text was refused. `position` is an index into the text, in UTF-16 units. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly code: 'invalid_json' | 'too_deep';
  readonly position: number;

  constructor(code: JsonError['code'], position: number, message: string) {
    super(message);
    this.code = code;
    this.position = position;
  }
}

const DEPTH_MAX = 32;

/**
 * `JSON.parse` for bodies that strangers write. A number that JavaScript would write differently
 * (Falco's nanoseconds, `1.0`, `1e999`) comes back as an `ExactNumber`; one of more than 512
 * characters as a string of the first 512. Nesting is counted before anything recurses; the keys
 * `__proto__`, `constructor` and `prototype` are dropped; lone surrogates become U+FFFD.
 *
 * @throws JsonError
 */
export function parseLossless(text: string, limits: { readonly depthMax?: number } = {}): unknown {
  const depthMax = limits.depthMax ?? DEPTH_MAX;
  const { literals, tooDeepAt, suspicious } = scanJson(text, depthMax);
  if (tooDeepAt !== undefined) throw tooDeep(tooDeepAt, depthMax);
  if (literals.length === 0 && !suspicious) return parse(text, text);
  return (
    (suspicious ? undefined : parseNamed(text, literals)) ?? parseMarked(text, literals, suspicious)
  );
}

/**
 * The alert as one line of JSON in Falcosidekick's shape: its order of keys, `tags` and `hostname`
 * left out when empty, and escaped what Go escapes. Fields keep their order, which normalisation has
 * sorted.
 */
export function alertToJson(alert: Alert): string {
  return goJson({
    uuid: alert.uuid,
    output: alert.output,
    priority: priorityTitle(alert.priority),
    rule: alert.rule,
    time: alert.time,
    output_fields: alert.fields,
    source: alert.source,
    tags: alert.tags.length === 0 ? undefined : alert.tags,
    hostname: alert.hostname === '' ? undefined : alert.hostname,
  });
}

/** `JSON.stringify`, escaping what Go's `encoding/json` does for the sake of HTML and JavaScript. */
export function goJson(value: object | string): string {
  return escapeAsGo(JSON.stringify(value));
}

/** The same for JSON that is text already. */
export function escapeAsGo(json: string): string {
  return GO_ESCAPED.test(json) ? json.replaceAll(GO_ESCAPED_ALL, goEscape) : json;
}

/** The alert back from what `alertToJson` wrote; what that leaves out is passed beside it. */
export function alertFromJson(json: string, provenance: Provenance, receivedAtMs: number): Alert {
  const stored = parseLossless(json) as StoredAlertJson;
  return {
    uuid: stored.uuid,
    time: stored.time,
    priority: stored.priority.toLowerCase() as Priority,
    rule: stored.rule,
    source: stored.source,
    output: stored.output,
    fields: stored.output_fields,
    tags: stored.tags ?? [],
    hostname: stored.hostname ?? '',
    receivedAt: new Date(receivedAtMs).toISOString(),
    ingest: provenance,
  };
}

/**
 * 32 hex digits from an alert's stored JSON: the first half of its SHA-256. The text holds the uuid
 * and the content, not when the hub took it in, so a resend has the same key.
 */
export function deliveryKey(json: string | Uint8Array): string {
  return hash('sha256', json, 'hex').slice(0, 32);
}

/**
 * The same without the time of receipt, which stands for a time that the sender did not give: a resend
 * has another.
 *
 * @param receivedAt With milliseconds; in the text it has no zeros at its end.
 */
export function contentKey(json: string, receivedAt: string): string {
  const time = receivedAt.replace(/\.?0+Z$/, 'Z');
  return deliveryKey(json.replace(`"time":"${time}"`, '"time":""'));
}

interface StoredAlertJson {
  readonly uuid: string;
  readonly output: string;
  readonly priority: string;
  readonly rule: string;
  readonly time: string;
  readonly output_fields: Alert['fields'];
  readonly source: string;
  readonly tags?: readonly string[];
  readonly hostname?: string;
}

const GO_ESCAPED = /[<>&\u2028\u2029]/;
const GO_ESCAPED_ALL = /[<>&\u2028\u2029]/g;

function goEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * While `JSON.parse` runs, a number that must keep its digits is a string behind this prefix. It is
 * random, so that no body can hold a string that would be taken for one.
 */
const MARK = randomBytes(12).toString('hex');
const LITERAL_LENGTH_MAX = 512;

/**
 * The quick way, for what Falco sends: parses the text as it is and puts the exact numbers in their
 * places afterwards. Undefined where a place is not certain.
 */
function parseNamed(text: string, literals: readonly ExactLiteral[]): unknown {
  if (text.includes('\\u') || !literals.every((literal) => isCertain(text, literal)))
    return undefined;
  const value = parse(text, text);
  for (const { start, end, path } of literals) {
    const [first, second] = path!;
    const holder = second === undefined ? value : (value as Holder)[first];
    const key = second ?? first;
    const literal = text.slice(start, end);
    if (isKept(literal)) continue;
    if ((holder as Holder | undefined)?.[key] !== Number(literal)) return undefined;
    (holder as Holder)[key] = JSON.rawJSON(literal);
  }
  return value;
}

type Holder = Record<string, unknown>;

/** Not if the same name comes again: then the last one would count. */
function isCertain(text: string, { start, end, path }: ExactLiteral): boolean {
  const key = path?.at(-1);
  if (key === undefined || end - start > LITERAL_LENGTH_MAX) return false;
  return !text.includes(`"${key}"`, end);
}

/** The way for every text: exact numbers are marked strings while the text is parsed. */
function parseMarked(
  text: string,
  literals: readonly ExactLiteral[],
  suspicious: boolean,
): unknown {
  let marked = '';
  let copiedTo = 0;
  for (const { start, end } of literals) {
    marked += text.slice(copiedTo, start) + markedLiteral(text, start, end);
    copiedTo = end;
  }
  const value = parse(marked + text.slice(copiedTo), text);
  return restoreNumbers(suspicious ? scrub(value) : value);
}

function tooDeep(position: number, depthMax: number): JsonError {
  const message = `The JSON is nested deeper than ${depthMax} levels at position ${position}.`;
  return new JsonError('too_deep', position, message);
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const COLON_NEXT = /[ \t\n\r]*:/y;

/**
 * What stands for a number in the text to be parsed: itself where JavaScript writes it the same.
 * A mistake stays as it is, too, or quoting would turn `01` or `{1e3:0}` into valid JSON.
 */
function markedLiteral(text: string, at: number, end: number): string {
  const literal = text.slice(at, end);
  COLON_NEXT.lastIndex = end;
  if (isKept(literal) || !NUMBER.test(literal) || COLON_NEXT.test(text)) return literal;
  if (literal.length > LITERAL_LENGTH_MAX) return `"${literal.slice(0, LITERAL_LENGTH_MAX)}"`;
  return `"${MARK}${literal}"`;
}

function isKept(literal: string): boolean {
  const value = Number(literal);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return false;
  return String(value) === literal;
}

function parse(marked: string, original: string): unknown {
  try {
    return JSON.parse(marked);
  } catch {
    const position = syntaxErrorPosition(original);
    const what = position === original.length ? 'it ends too early' : 'unexpected character';
    const message = `The text is not valid JSON: ${what} at position ${position}.`;
    throw new JsonError('invalid_json', position, message);
  }
}

function restoreNumbers(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.startsWith(MARK) ? JSON.rawJSON(value.slice(MARK.length)) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(restoreNumbers);
  const record = value as Record<string, unknown>;
  for (const key in record) {
    const item = record[key];
    const restored = restoreNumbers(item);
    if (restored !== item) record[key] = restored;
  }
  return record;
}

/** The rare, slow walk: drops reserved keys and makes every string well-formed. */
function scrub(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(scrub);
  const entries = Object.entries(value).filter(([key]) => !RESERVED.has(key));
  return Object.fromEntries(entries.map(([key, item]) => [key.toWellFormed(), scrub(item)]));
}
