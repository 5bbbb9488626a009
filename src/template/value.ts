import { isExactNumber } from '../alert.ts';
import { Failure } from './errors.ts';

/**
 * The values a template sees. Data is JSON plus structs; integers that the template itself makes
 * (literals, `len`, indexes) are bigints, so that Go's `int` and `float64` stay apart.
 */
export type Kind =
  | 'nil'
  | 'bool'
  | 'string'
  /** Go's `int`: a literal, a length, an index. */
  | 'int'
  /** Go's `float64`: a literal. */
  | 'float'
  /** A number of the data: where it fits an int or a float, and also text, as `json.Number` is. */
  | 'number'
  | 'list'
  | 'map'
  | 'struct'
  /** A function, a symbol, an object with a prototype: nothing may be done with it. */
  | 'unsupported';

/** Data cannot forge a symbol, so what carries it was made here. */
const TAG = Symbol('template value');

export interface GoFloat {
  readonly [TAG]: 'float';
  readonly value: number;
}

export function goFloat(value: number): GoFloat {
  return { [TAG]: 'float', value };
}

/** Called with evaluated arguments; throws `Failure` when it cannot use them. */
export interface Method {
  readonly parameters: number;
  call(args: readonly unknown[]): unknown;
}

/** A value with a fixed set of fields: naming any other is an error, as in Go. */
export interface Struct {
  readonly [TAG]: 'struct';
  readonly typeName: string;
  readonly fields: ReadonlyMap<string, unknown>;
  readonly methods: ReadonlyMap<string, Method>;
  readonly text?: string;
  readonly number?: bigint;
  readonly json?: () => string;
}

export interface StructOptions {
  /** As error messages and `%T` call it. */
  readonly typeName?: string;
  readonly methods?: Readonly<Record<string, Method>>;
  /** What it prints as (Go's `String` method). Without: `{A B}`, the fields in their order. */
  readonly text?: string;
  /** A named number (Go's `time.March`, 3): prints as `text`, compares as the number. */
  readonly number?: bigint;
  /** What it is as JSON (Go's `MarshalJSON` method). Without: the text, or else its fields. */
  readonly json?: () => string;
}

export function struct(
  fields: Readonly<Record<string, unknown>>,
  options: StructOptions = {},
): Struct {
  const { typeName = 'struct', methods = {}, text, number, json } = options;
  const string: Record<string, Method> =
    text === undefined ? {} : { String: { parameters: 0, call: () => text } };
  return {
    [TAG]: 'struct',
    typeName,
    fields: new Map(Object.entries(fields)),
    methods: new Map(Object.entries({ ...string, ...methods })),
    ...(text === undefined ? {} : { text }),
    ...(number === undefined ? {} : { number }),
    ...(json === undefined ? {} : { json }),
  };
}

export function isStruct(value: unknown): value is Struct {
  return isTagged(value) && value[TAG] === 'struct';
}

function isTagged(value: unknown): value is GoFloat | Struct {
  return typeof value === 'object' && value !== null && TAG in value;
}

export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'undefined':
      return 'nil';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    case 'number':
      return 'number';
    case 'bigint':
      return 'int';
    case 'object':
      return value === null ? 'nil' : kindOfObject(value);
    case 'function':
    case 'symbol':
      return 'unsupported';
  }
}

function kindOfObject(value: object): Kind {
  if (Array.isArray(value)) {
    return 'list';
  }
  if (isExactNumber(value)) {
    return 'number';
  }
  if (isTagged(value)) {
    return value[TAG] === 'struct' && value.number !== undefined ? 'number' : value[TAG];
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? 'map' : 'unsupported';
}

export function isNil(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return kindOf(value) === 'map';
}

/** A text, or a number of the data, which also is one. */
export function isText(value: unknown): boolean {
  const kind = kindOf(value);
  return kind === 'string' || kind === 'number';
}

/** The type as Go would name it, for `%T` and for messages. */
export function typeName(value: unknown): string {
  if (isStruct(value)) {
    return value.typeName;
  }
  const kind = kindOf(value);
  return kind === 'number' && integerOf(value) === undefined ? 'float64' : TYPE_NAMES[kind];
}

const TYPE_NAMES: Readonly<Record<Kind, string>> = {
  nil: '<nil>',
  bool: 'bool',
  string: 'string',
  int: 'int',
  float: 'float64',
  number: 'int',
  list: '[]interface {}',
  map: 'map[string]interface {}',
  struct: 'struct',
  unsupported: 'unsupported value',
};

/** Go's truth: false, 0, nil and whatever is empty are false; a struct is always true. */
export function isTrue(value: unknown): boolean {
  if (isNil(value)) {
    return false;
  }
  if (typeof value === 'boolean' || typeof value === 'string') {
    return Boolean(value);
  }
  if (isList(value)) {
    return value.length > 0;
  }
  if (isMap(value)) {
    return Object.keys(value).length > 0;
  }
  return !isNumeric(kindOf(value)) || numberOf(value) !== 0;
}

export function isNumeric(kind: Kind): boolean {
  return kind === 'int' || kind === 'float' || kind === 'number';
}

/** The exact integer behind an int or a number; undefined when it is none. */
export function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') {
    return value;
  }
  if (typeof value === 'number') {
    return Number.isInteger(value) ? BigInt(value) : undefined;
  }
  if (isStruct(value)) {
    return value.number;
  }
  return isExactNumber(value) && INTEGER.test(value.rawJSON) ? BigInt(value.rawJSON) : undefined;
}

/** BigInt takes more than linear time to read digits, so that longer runs are taken as doubles. */
const INTEGER = /^-?\d{1,1000}$/;

/** The nearest double of an int, float or number. */
export function numberOf(value: unknown): number {
  if (isTagged(value) && value[TAG] === 'float') {
    return value.value;
  }
  return isExactNumber(value) ? Number(value.rawJSON) : Number(integerOf(value) ?? value);
}

/** The digits of a number of the data as they came, or the name of a named one. */
export function numberText(value: unknown): string {
  if (isStruct(value)) {
    return value.text ?? String(value.number);
  }
  return isExactNumber(value) ? value.rawJSON : String(value);
}

/**
 * The text of an argument that must be one. A number of the data counts as its digits, because in
 * Falcosidekick it is text, and a field that is not there as the empty text.
 */
export function textOf(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  if (isNil(value)) {
    return '';
  }
  if (kindOf(value) === 'number') {
    return numberText(value);
  }
  if (isStruct(value) && value.text !== undefined) {
    return value.text;
  }
  throw new Failure(`expected text, got ${typeName(value)}; print it first: (print …)`);
}

/** An own property, or undefined: `__proto__` and `constructor` are keys like any other. */
export function ownValue(map: object, key: string): unknown {
  return Object.hasOwn(map, key) ? (map as Record<string, unknown>)[key] : undefined;
}

/** Keys in the order of their bytes, as Go ranges over and prints a map. */
export function sortedKeys(map: object): string[] {
  return Object.keys(map).sort(compareText);
}

/** Orders by code point, which is the order of the UTF-8 bytes; JavaScript's own order is not. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) {
      return codeUnitRank(left) - codeUnitRank(right);
    }
  }
  return a.length - b.length;
}

/** Surrogates stand for the characters beyond U+FFFF, so they come after U+E000 to U+FFFF. */
function codeUnitRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit;
}
