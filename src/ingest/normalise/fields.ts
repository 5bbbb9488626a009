import { type FieldValue, isExactNumber } from '../../alert.ts';
import { compareByCodePoint, cut, type Cuts } from './text.ts';

export type Fields = Readonly<Record<string, FieldValue>>;

const FIELDS_MAX = 512;
const KEY_LENGTH_MAX = 128;
const VALUE_LENGTH_MAX = 4096;

/**
 * The sender's fields within their limits: scalars and lists of strings as they came, everything
 * else as compact JSON text, the first 512 of them. What Falco sends needs no change and is not
 * copied.
 */
export function readFields(sent: Readonly<Record<string, unknown>>, cuts: Cuts): Fields {
  return isWithinLimits(sent) ? sent : limited(sent, cuts);
}

/** Fields in Go's order for map keys; the very same object when they are. */
export function sortedFields(fields: Fields): Fields {
  let previous = '';
  for (const key in fields) {
    if (compareByCodePoint(previous, key) > 0) return sortedCopy(fields);
    previous = key;
  }
  return fields;
}

/** A value a field can hold; longer text is cut. */
export function fieldText(text: string, cuts: Cuts): string {
  return cut(text, VALUE_LENGTH_MAX, cuts);
}

function isWithinLimits(sent: Readonly<Record<string, unknown>>): sent is Fields {
  let count = 0;
  for (const key in sent) {
    count++;
    if (count > FIELDS_MAX || key.length > KEY_LENGTH_MAX) return false;
    if (!isBoundedScalar(sent[key])) return false;
  }
  return true;
}

function isBoundedScalar(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= VALUE_LENGTH_MAX;
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'boolean' || value === null || isExactNumber(value);
}

function limited(sent: Readonly<Record<string, unknown>>, cuts: Cuts): Fields {
  const keys = Object.keys(sent);
  if (keys.length > FIELDS_MAX) cuts.truncated = true;
  const kept = keys.slice(0, FIELDS_MAX);
  return Object.fromEntries(
    kept.map((key) => [cut(key, KEY_LENGTH_MAX, cuts), fieldValue(sent[key], cuts)]),
  );
}

function fieldValue(value: unknown, cuts: Cuts): FieldValue {
  if (typeof value === 'string') return fieldText(value, cuts);
  if (isBoundedScalar(value)) return value as FieldValue;
  if (isListOfStrings(value)) return limitedList(value, cuts);
  return fieldText(JSON.stringify(value) ?? '', cuts);
}

function isListOfStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** As much of the list as one value may be long. */
function limitedList(list: readonly string[], cuts: Cuts): readonly string[] {
  let room = VALUE_LENGTH_MAX;
  for (const [index, item] of list.entries()) {
    if (item.length > room) {
      cuts.truncated = true;
      return [...list.slice(0, index), cut(item, Math.max(room, 1), cuts)];
    }
    room -= item.length + 1;
  }
  return list;
}

function sortedCopy(fields: Fields): Fields {
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.sort(([a], [b]) => compareByCodePoint(a, b)));
}
