import type { Alert } from '../alert.ts';
import { type Defuse, defuseWithin } from './chat-text.ts';
import { alertFacts, type Fact, type FactName, fittingFields, stringFields } from './fields.ts';

/** An alert's table in a chat: what every alert has, and the fields that fit. */

export interface FactsForm {
  readonly defuse: Defuse;
  /** What stands before the fields, and after them. */
  readonly before: readonly FactName[];
  readonly after: readonly FactName[];
  /** Rows of fields at most, with the one that counts the rest. */
  readonly fieldsMax: number;
  /** Size of a name, of a value, and of all fields with their names at most. */
  readonly titleMax: number;
  readonly valueMax: number;
  readonly sizeMax: number;
  /** What a size is. Default: UTF-16 units. */
  readonly sizeOf?: (text: string) => number;
}

/** The rows, defused and bounded; the last of the fields counts those that do not fit. */
export function boundedFacts(form: FactsForm, alert: Alert): Fact[] {
  const bounded = (fact: Fact): Fact => boundedFact(form, fact);
  return [
    ...alertFacts(alert, form.before).map(bounded),
    ...fittingFacts(form, stringFields(alert)),
    ...alertFacts(alert, form.after).map(bounded),
  ];
}

function fittingFacts(form: FactsForm, facts: readonly Fact[]): Fact[] {
  const { fieldsMax, sizeMax, sizeOf = (text) => text.length } = form;
  const room = facts.length > fieldsMax ? fieldsMax - 1 : facts.length;
  const fitting: Fact[] = [];
  let left = sizeMax;
  for (const fact of facts.slice(0, room)) {
    const next = boundedFact(form, fact);
    left -= sizeOf(next.title) + sizeOf(next.value);
    if (left < 0) break;
    fitting.push(next);
  }
  const missing = facts.length - fitting.length;
  if (missing > 0) fitting.push({ title: '…', value: `${missing} more fields` });
  return fitting;
}

/** An empty cell would be refused by some, and overlooked in the others. */
function boundedFact({ defuse, titleMax, valueMax, sizeOf }: FactsForm, fact: Fact): Fact {
  const within = (text: string, max: number): string => {
    const safe = defuseWithin(defuse, text, max, sizeOf);
    return safe.trim() === '' ? '-' : safe;
  };
  return { title: within(fact.title, titleMax), value: within(fact.value, valueMax) };
}

/** All fields of whatever type as Falcosidekick prints them, sorted by name. */
export function allFields({ fields }: Alert): Fact[] {
  const names = Object.keys(fields).sort();
  const sorted = Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
  return fittingFields(sorted, Number.POSITIVE_INFINITY);
}

/** Rows as lines of text. */
export interface RowsForm {
  readonly row: (title: string, value: string) => string;
  /** Size of all rows at most, each with its line break. */
  readonly sizeMax: number;
  readonly sizeOf: (text: string) => number;
}

/** The rows that fit; the last counts those that do not. */
export function fittingRows(facts: readonly Fact[], { row, sizeMax, sizeOf }: RowsForm): string[] {
  const rows: string[] = [];
  let left = sizeMax - sizeOf(row('…', '999 more fields'));
  for (const { title, value } of facts) {
    const next = row(title, value);
    left -= sizeOf(next);
    if (left < 0) break;
    rows.push(next);
  }
  const missing = facts.length - rows.length;
  return missing === 0 ? rows : [...rows, row('…', `${missing} more fields`)];
}
