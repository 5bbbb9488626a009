import { type Alert, fieldOf, type FieldValue, isExactNumber } from '../alert.ts';
import { ExpressionFailure } from './errors.ts';

/**
 * What an expression computes with. An int is a bigint and a double is a number, as in CEL; a
 * field's number is a double unless only an int keeps its digits. A priority is its name.
 */
export type Value = string | number | bigint | boolean | null | readonly Value[] | Document;

/** A JSON object, where an expression is over documents and not over alerts. */
export interface Document {
  readonly [name: string]: unknown;
}

/** One evaluation. */
export interface Frame {
  readonly alert: Alert;
  /** What an expression over documents looks its names up in. */
  readonly document: Document;
  readonly severity: number;
  /** What is left of the work one evaluation may cost. */
  stepsLeft: number;
  /** The variable of the outer macro, and of the one within it. */
  outerItem: Value;
  innerItem: Value;
}

/** A step is a part evaluated within a macro, or what takes as long, some 20 to 100 ns. */
export const STEPS_MAX = 200_000;

/** Takes `steps` from what the evaluation may still cost. */
export function charge(frame: Frame, steps: number, offset: number): void {
  frame.stepsLeft -= steps;
  if (frame.stepsLeft < 0) {
    throw new ExpressionFailure(
      'too_many_steps',
      `it takes more than ${STEPS_MAX} steps on this alert`,
      offset,
    );
  }
}

/** A field as a value; null when it is missing. */
export function fieldValue(alert: Alert, name: string): Value {
  const field = fieldOf(alert, name);
  return field === undefined ? null : valueOf(field);
}

function valueOf(field: FieldValue): Value {
  if (!isExactNumber(field)) return field;
  return /^-?\d+$/.test(field.rawJSON) ? BigInt(field.rawJSON) : Number(field.rawJSON);
}

/** A member of a JSON object, or an element of a list; null when there is none. */
export function memberValue(value: Value, key: Value): Value {
  if (isList(value)) return isNumeric(key) ? elementValue(value[Number(key)]) : null;
  if (!isDocument(value) || typeof key !== 'string') return null;
  return Object.hasOwn(value, key) ? elementValue(value[key]) : null;
}

export function isDocument(value: Value): value is Document {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** What `parseLossless` made, as a value. */
export function elementValue(item: unknown): Value {
  return item === undefined ? null : valueOf(item as FieldValue);
}

/** The names of the fields that have a value: a field that is null counts as missing. */
export function fieldNames(fields: Alert['fields']): readonly string[] {
  return Object.keys(fields).filter((name) => fields[name] !== null);
}

export function isNumeric(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** CEL equality: numbers by what they are worth, lists element by element, never across kinds. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a === 'bigint') return isWorth(b, a);
  if (typeof b === 'bigint') return isWorth(a, b);
  if (!isList(a) || !isList(b) || a.length !== b.length) return false;
  return a.every((item, at) => equal(item, b[at]!));
}

function isWorth(value: Value, int: bigint): boolean {
  return typeof value === 'number' && Number.isInteger(value) && BigInt(value) === int;
}

export type OrderOperator = '<' | '<=' | '>' | '>=';

/**
 * Two numbers or two strings in order; anything else, null too, is not. JavaScript compares a bigint
 * with a number exactly (ECMA-262, IsLessThan).
 */
export const IN_ORDER: Readonly<Record<OrderOperator, (a: Value, b: Value) => boolean>> = {
  '<': (a, b) => haveOrder(a, b) && a! < b!,
  '<=': (a, b) => haveOrder(a, b) && a! <= b!,
  '>': (a, b) => haveOrder(a, b) && a! > b!,
  '>=': (a, b) => haveOrder(a, b) && a! >= b!,
};

function haveOrder(a: Value, b: Value): boolean {
  return typeof a === 'string' ? typeof b === 'string' : isNumeric(a) && isNumeric(b);
}
