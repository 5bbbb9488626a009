import type { ASTNode } from '@marcbachmann/cel-js';
import { ExpressionError, type ExpressionErrorCode } from './errors.ts';
import { type Guard, NO_GUARD } from './guard.ts';
import type { Frame, Value } from './values.ts';

/** What a part of an expression can see. */
export interface Scope {
  /** Variables of the macros around it. */
  readonly variables: ReadonlyMap<string, { readonly type: Type; readonly depth: number }>;
  /** How many macros are around it. */
  readonly depth: number;
  /** Parts compiled so far, of the whole expression. */
  readonly counter: { parts: number };
  /** Present: the expression is over documents that may have these members, not over alerts. */
  readonly members?: ReadonlySet<string>;
}

/** Checks a part of an expression and makes it ready to run. */
export type Compile = (node: ASTNode, scope: Scope) => Term;

type ElementType = 'bool' | 'int' | 'double' | 'string' | 'priority' | 'null' | 'any';

/**
 * What is known of a term before it runs. `any` is a field's value; `fields` and `ingest` are maps
 * that can only be looked into. Whatever the type, the value may turn out to be null.
 */
export type Type = ElementType | `list<${ElementType}>` | 'fields' | 'ingest';

/** A part of an expression, checked and ready to run. */
export interface Term extends TermTraits {
  readonly node: ASTNode;
  readonly type: Type;
  readonly run: (frame: Frame) => Value;
  readonly guard: Guard;
  /** Whether it cannot fail. */
  readonly total: boolean;
}

interface TermTraits {
  readonly guard?: Guard;
  readonly total?: boolean;
  /** The value, where the text itself says it. */
  readonly literal?: Value;
  /** Of a list that the text itself spells out. */
  readonly elements?: readonly Term[];
  /** It is this attribute of the alert: a test on it can become a guard. */
  readonly attribute?: 'priority' | 'source' | 'rule';
}

/** A term made of `parts`: it can fail if one of them can, or if `traits` says so. */
export function makeTerm(
  node: ASTNode,
  type: Type,
  parts: readonly Term[],
  run: Term['run'],
  traits: TermTraits = {},
): Term {
  const total = parts.every((part) => part.total);
  return { node, type, run, total, guard: NO_GUARD, ...traits };
}

/** A term whose value the text says. */
export function makeLiteral(node: ASTNode, type: Type, literal: Value): Term {
  return makeTerm(node, type, [], () => literal, { literal });
}

/** Where in which expression something stands. */
export type Spot = Pick<ASTNode, 'input' | 'pos'>;

/** Gives up on the expression, with the place where it went wrong. */
export function refuse(
  node: Spot,
  code: ExpressionErrorCode,
  message: string,
  hint?: string,
): never {
  throw new ExpressionError(code, message, { text: node.input, offset: node.pos }, hint);
}

/** Refuses a term that can never be of the type; what is only known at run time passes. */
export function expectType(term: Term, type: ElementType, what: string, hint?: string): void {
  if (term.type === type || term.type === 'any') return;
  refuse(term.node, 'wrong_type', `${what} must be ${type}, not ${term.type}`, hint);
}

export function isNumericType(type: Type): boolean {
  return type === 'int' || type === 'double';
}

/** `string` for `list<string>`; undefined for what is no list. */
export function elementType(type: Type): Type | undefined {
  return type.startsWith('list<') ? (type.slice('list<'.length, -1) as ElementType) : undefined;
}

/** Lists of lists and of maps are not told apart any further. */
export function listOf(type: Type): Type {
  const isElement = elementType(type) === undefined && !isMap(type);
  return isElement ? `list<${type as ElementType}>` : 'list<any>';
}

function isMap(type: Type): boolean {
  return type === 'fields' || type === 'ingest';
}

/** Whether a value of one type can ever equal one of the other. */
export function areComparable(a: Type, b: Type): boolean {
  return unify(a, b) !== undefined;
}

/** The type of what is either of the two; undefined where they do not belong together. */
export function unify(a: Type, b: Type): Type | undefined {
  if (isMap(a) || isMap(b)) return undefined;
  return a === b ? a : unifyDifferent(a, b);
}

function unifyDifferent(a: Type, b: Type): Type | undefined {
  if (a === 'priority' || b === 'priority') return isPriorityLike(a, b) ? 'priority' : undefined;
  if (isOpen(a) || isOpen(b)) return 'any';
  return isNumericType(a) && isNumericType(b) ? 'double' : unifyLists(a, b);
}

function unifyLists(a: Type, b: Type): Type | undefined {
  const [itemA, itemB] = [elementType(a), elementType(b)];
  const item = itemA && itemB && unify(itemA, itemB);
  return item && listOf(item);
}

function isOpen(type: Type): boolean {
  return type === 'any' || type === 'null';
}

/** A priority is its name, so that a string, a field's value too, can be compared with one. */
function isPriorityLike(...types: readonly Type[]): boolean {
  return types.every((type) => type === 'priority' || type === 'string' || isOpen(type));
}
