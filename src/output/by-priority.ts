import { type TRecord, type TSchema, type TString, Type } from 'typebox';
import { isAtLeast, PRIORITIES, type Priority } from '../alert.ts';

/** What destinations and settings say of each priority. */

/**
 * A setting that says something else for some priorities: `{ debug: …, error: … }`.
 *
 * @param value Schema of what is said.
 * @param options Its description, which tells what holds for the others.
 */
export function byPriority<Value extends TSchema>(
  value: Value,
  options: { readonly description: string; readonly default?: Readonly<Record<string, unknown>> },
): TRecord<string, Value> {
  return Type.Record(PRIORITY, value, { default: {}, ...options, additionalProperties: false });
}

const PRIORITY: TString = Type.String({ pattern: `^(${PRIORITIES.join('|')})$` });

/** A value for every priority: of those named, that of the next one at or below it. */
export function fromPriority<Value extends string | number>(
  steps: Readonly<Partial<Record<Priority, Value>> & Record<'debug', Value>>,
): Readonly<Record<Priority, Value>> {
  const named = PRIORITIES.filter((priority) => steps[priority] !== undefined);
  const entries = PRIORITIES.map((priority) => {
    const step = named.find((one) => isAtLeast(priority, one)) ?? 'debug';
    return [priority, steps[step]];
  });
  return Object.fromEntries(entries) as Record<Priority, Value>;
}
