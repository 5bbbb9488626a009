import { type TRecord, type TSchema, type TString, Type } from 'typebox';
import { PRIORITIES } from '../alert.ts';

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
