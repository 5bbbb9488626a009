import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

/** What of a document must be in the alert, read by `JSON.parse` and nothing of the hub's own. */

type Json = Readonly<Record<string, unknown>>;

/** A number as it was written. */
interface Literal {
  readonly number: string;
}

/** Numbers as their literals. Undefined: it is no JSON. */
export function readByTheBook(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text, asLiteral as Reviver) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

type Reviver = (key: string, value: unknown) => unknown;

function asLiteral(_: string, value: unknown, { source }: { readonly source: string }): unknown {
  return typeof value === 'number' ? ({ number: source } satisfies Literal) : value;
}

const RESERVED = new Set(['__proto__', 'prototype', 'constructor']);
const LITERAL_LENGTH_MAX = 512;

/** As the hub means to read it: no reserved names, no half characters, no endless numbers. */
export function asRead(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(asRead);
  if (isLiteral(value)) {
    const { number } = value;
    return number.length > LITERAL_LENGTH_MAX ? number.slice(0, LITERAL_LENGTH_MAX) : value;
  }
  const kept = Object.entries(value).filter(([key]) => !RESERVED.has(key));
  return Object.fromEntries(kept.map(([key, item]) => [key.toWellFormed(), asRead(item)]));
}

function isLiteral(value: object): value is Literal {
  return Object.keys(value).length === 1 && typeof (value as Literal).number === 'string';
}

const FIELDS_MAX = 512;
const KEY_LENGTH_MAX = 128;
const VALUE_LENGTH_MAX = 4096;
const RULE_LENGTH_MAX = 256;
const NAMES = new Set([
  'uuid',
  'time',
  'priority',
  'rule',
  'source',
  'output',
  'message',
  'hostname',
  'tags',
  'output_fields',
]);

/** Fails where something of the document is not in the alert as it was stored, to the digit. */
export function assertKept(sentText: string, storedText: string): void {
  const read = readByTheBook(sentText);
  assert.ok(read, 'it was taken, and is no JSON');
  const sent = asRead(read.value) as Json;
  const stored = readByTheBook(storedText)?.value as Json;
  if (isWrittenOtherwise(sent)) return;
  const { rule, time } = sent;
  if (typeof rule === 'string' && rule.length <= RULE_LENGTH_MAX) {
    assert.equal(stored['rule'], rule.replaceAll('\0', '').trim(), 'the rule');
  }
  if (typeof time === 'string' && FALCO_TIME.test(time)) assert.equal(stored['time'], time);
  assertFields((sent['output_fields'] ?? {}) as Json, stored['output_fields'] as Json);
}

const FALCO_TIME = /^20\d\d-0[1-9]-[01][1-9]T[01]\d:[0-5]\d:[0-5]\d\.\d{9}Z$/;

/** Names in another case, and a whole alert within the output, are taken as something else. */
function isWrittenOtherwise(sent: Json): boolean {
  const { output } = sent;
  if (typeof output === 'string' && output.startsWith('{')) return true;
  return Object.keys(sent).some((key) => !NAMES.has(key) && NAMES.has(key.toLowerCase()));
}

function assertFields(sent: Json, stored: Json): void {
  const names = Object.keys(sent);
  if (names.length > FIELDS_MAX || names.some((name) => name.length > KEY_LENGTH_MAX)) return;
  assert.deepEqual(new Set(Object.keys(stored)), new Set(names), 'the names of the fields');
  for (const name of names) {
    const value = sent[name];
    if (!isKept(value) || isDeepStrictEqual(stored[name], value)) continue;
    assert.fail(`a field became ${JSON.stringify(stored[name])}, and was ${JSON.stringify(value)}`);
  }
}

/** Whether a field can hold it as it is. */
function isKept(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= VALUE_LENGTH_MAX;
  if (typeof value !== 'object' || value === null) return true;
  return isLiteral(value);
}
