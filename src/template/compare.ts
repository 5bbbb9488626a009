import { Failure } from './errors.ts';
import {
  compareText,
  integerOf,
  isNumeric,
  isStruct,
  type Kind,
  kindOf,
  numberOf,
  numberText,
  typeName,
} from './value.ts';

/** Go's `eq` for two values. A value that is not there equals only another that is not there. */
export function isEqual(a: unknown, b: unknown): boolean {
  const left = kindOf(a);
  const right = kindOf(b);
  if (left === 'nil' || right === 'nil') {
    return left === right;
  }
  if (areNumbers(left, right)) {
    return compareNumbers(a, b) === 0;
  }
  if (areTexts(left, right)) {
    return textIn(a) === textIn(b);
  }
  if (left !== right) {
    throw incomparable(a, b);
  }
  if (left === 'bool') {
    return a === b;
  }
  return isSameStruct(a, b);
}

/**
 * Negative, zero or positive as `a` is before, at or after `b`. Undefined when one is not there: a
 * comparison with nothing is false, where Go would fail.
 */
export function order(a: unknown, b: unknown): number | undefined {
  const left = kindOf(a);
  const right = kindOf(b);
  if (left === 'nil' || right === 'nil') {
    return undefined;
  }
  if (areNumbers(left, right)) {
    return compareNumbers(a, b);
  }
  if (left === 'string' && right === 'string') {
    return compareText(a as string, b as string);
  }
  throw incomparable(a, b);
}

/** An int and a float do not compare in Go; a number of the data compares with both. */
function areNumbers(left: Kind, right: Kind): boolean {
  return (isNumeric(left) && isNumeric(right) && left === right) || isMixed(left, right);
}

function isMixed(left: Kind, right: Kind): boolean {
  return (left === 'number' && isNumeric(right)) || (right === 'number' && isNumeric(left));
}

function compareNumbers(a: unknown, b: unknown): number {
  const left = integerOf(a) ?? numberOf(a);
  const right = integerOf(b) ?? numberOf(b);
  if (left === right) {
    return 0;
  }
  return left < right ? -1 : 1;
}

/** In Falcosidekick the numbers of an alert are text, so `eq .x "5"` has to hold. */
function areTexts(left: Kind, right: Kind): boolean {
  const kinds = [left, right];
  return kinds.includes('string') && kinds.every((kind) => kind === 'string' || kind === 'number');
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : numberText(value);
}

function isSameStruct(a: unknown, b: unknown): boolean {
  if (!isStruct(a) || !isStruct(b)) {
    throw new Failure(`${typeName(a)} cannot be compared; compare what is in it`);
  }
  return a === b || (a.text !== undefined && a.text === b.text);
}

function incomparable(a: unknown, b: unknown): Failure {
  const types = `${typeName(a)} and ${typeName(b)}`;
  return new Failure(`incompatible types for comparison: ${types}; compare like with like`);
}
