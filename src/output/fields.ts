import type { Alert } from '../alert.ts';
import { priorityTitle } from '../alert.ts';
import { goTimeText } from '../template/index.ts';

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
