import { type Alert, fieldOf, type FieldValue, isExactNumber, priorityTitle } from '../alert.ts';
import { goTimeText } from '../template/index.ts';
import { oneLine } from './format.ts';

/** An alert as the rows of a table: what chat outputs list under a message. */

export interface Fact {
  readonly title: string;
  readonly value: string;
}

/** What every alert has beside its fields, in Falcosidekick's wording. */
export type FactName = 'rule' | 'priority' | 'source' | 'hostname' | 'tags' | 'time';

/** The named facts in the order asked for. An empty host name and an empty list of tags are left out. */
export function alertFacts(alert: Alert, names: readonly FactName[]): Fact[] {
  return names
    .map((title) => ({ title, value: factText(alert, title) }))
    .filter(({ title, value }) => value !== '' || !OPTIONAL.has(title));
}

const OPTIONAL: ReadonlySet<FactName> = new Set(['hostname', 'tags']);

function factText(alert: Alert, name: FactName): string {
  switch (name) {
    case 'priority':
      return priorityTitle(alert.priority);
    case 'tags':
      return alert.tags.join(', ');
    case 'time':
      return goTimeText(alert.time);
    case 'rule':
    case 'source':
    case 'hostname':
      return alert[name];
  }
}

/**
 * The fields whose value is a string, sorted by name. Chat outputs show these alone, as
 * Falcosidekick's do: numbers in an alert are mostly process ids and nanoseconds.
 */
export function stringFields(alert: Alert): Fact[] {
  return Object.keys(alert.fields)
    .sort()
    .map((title) => ({ title, value: alert.fields[title] }))
    .filter((fact): fact is Fact => typeof fact.value === 'string');
}

/** A text, or a number with all its digits; undefined for anything else. */
export function textOrNumber(value: FieldValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return isExactNumber(value) ? value.rawJSON : undefined;
}

/** The named fields that hold text; `*` is every one that does. */
export function namedFields(alert: Alert, names: readonly string[]): Fact[] {
  if (names.includes('*')) return stringFields(alert);
  return names.flatMap((title) => {
    const value = fieldText(alert, title);
    return value === undefined ? [] : [{ title, value }];
  });
}

/**
 * All fields, each on one line, as far as they fit into `charsMax` characters with their names; the
 * last fact counts those that do not.
 */
export function fittingFields(fields: Alert['fields'], charsMax: number): Fact[] {
  const entries = Object.entries(fields);
  const facts: Fact[] = [];
  let charsLeft = charsMax;
  for (const [name, value] of entries) {
    const fact = { title: oneLine(name), value: oneLine(goValueText(value)) };
    charsLeft -= fact.title.length + fact.value.length;
    if (charsLeft < 0) break;
    facts.push(fact);
  }
  const missing = entries.length - facts.length;
  if (missing > 0) facts.push({ title: '…', value: `${missing} more fields` });
  return facts;
}

/** A field that holds text; undefined for any other. */
export function fieldText(alert: Alert, name: string): string | undefined {
  const value = fieldOf(alert, name);
  return typeof value === 'string' ? value : undefined;
}

/** As Go's templates print it. */
export function goValueText(value: FieldValue): string {
  if (value === null) return '<no value>';
  if (isExactNumber(value)) return value.rawJSON;
  return Array.isArray(value) ? `[${value.join(' ')}]` : String(value);
}
