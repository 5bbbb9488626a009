import type { ASTNode } from '@marcbachmann/cel-js';
import { PRIORITIES, type Priority, severityOf } from '../alert.ts';
import { didYouMean } from './did-you-mean.ts';
import { type Guard, NO_GUARD } from './guard.ts';
import {
  areComparable,
  elementType,
  isNumericType,
  makeTerm,
  refuse,
  type Term,
  type Type,
} from './term.ts';
import {
  charge,
  equal,
  fieldValue,
  type Frame,
  IN_ORDER,
  isDocument,
  isList,
  memberValue,
  type OrderOperator,
  type Value,
} from './values.ts';

export type RelationOperator = '==' | '!=' | OrderOperator;

/** `left == right` and its kin. */
export function relation(node: ASTNode, op: RelationOperator, left: Term, right: Term): Term {
  const isEquality = op === '==' || op === '!=';
  if (!areComparable(left.type, right.type) || !(isEquality || haveOrder(left, right))) {
    refuse(
      node,
      'wrong_type',
      `cannot compare ${left.type} ${op} ${right.type}`,
      hintFor(left, right),
    );
  }
  if (left.literal !== undefined && right.literal === undefined) {
    return relation(node, MIRRORED[op], right, left);
  }
  if (left.type === 'priority' || right.type === 'priority') {
    return priorityRelation(node, op, left, right);
  }
  return isEquality ? equality(node, op, left, right) : order(node, op, left, right);
}

/** `left in right`: an element of a list, or the name of a field that has a value. */
export function membership(node: ASTNode, left: Term, right: Term): Term {
  if (right.type === 'fields' && (left.type === 'string' || left.type === 'any')) {
    return makeTerm(node, 'bool', [left], (frame) => isField(left.run(frame), frame));
  }
  const element = right.type === 'any' ? 'any' : elementType(right.type);
  if (element === undefined || !areComparable(left.type, element)) {
    return refuseMembership(node, left, right);
  }
  if (left.type === 'priority') right.elements?.forEach(checkPriorityName);
  const literals = literalsOf(right);
  if (literals !== undefined) return membershipOfLiterals(node, left, literals);
  return makeTerm(node, 'bool', [left, right], searchList(node, left, right), { total: false });
}

function refuseMembership(node: ASTNode, left: Term, right: Term): never {
  const hint = right.type === 'string' ? 'a text within a text: text.contains(part)' : undefined;
  return refuse(node, 'wrong_type', `cannot look for ${left.type} in ${right.type}`, hint);
}

function equality(node: ASTNode, op: '==' | '!=', left: Term, right: Term): Term {
  const isEqual = equalityTest(left, right);
  if (op === '!=') return makeTerm(node, 'bool', [left, right], (frame) => !isEqual(frame));
  const guard = typeof right.literal === 'string' ? nameGuard(left, [right.literal]) : NO_GUARD;
  return makeTerm(node, 'bool', [left, right], isEqual, { guard });
}

function equalityTest(left: Term, right: Term): (frame: Frame) => boolean {
  const literal = comparand(right);
  if (typeof literal === 'string' || literal === null) {
    return (frame) => left.run(frame) === literal;
  }
  if (literal !== undefined) return (frame) => equal(left.run(frame), literal);
  return (frame) => equal(left.run(frame), right.run(frame));
}

function order(node: ASTNode, op: OrderOperator, left: Term, right: Term): Term {
  const inOrder = IN_ORDER[op];
  const literal = comparand(right);
  const run: Term['run'] =
    literal === undefined
      ? (frame) => inOrder(left.run(frame), right.run(frame))
      : (frame) => inOrder(left.run(frame), literal);
  return makeTerm(node, 'bool', [left, right], run);
}

/** A number compares faster with a number, and no less exactly while it is a safe integer. */
function comparand({ literal }: Term): Value | undefined {
  if (typeof literal !== 'bigint') return literal;
  const double = Number(literal);
  return Number.isSafeInteger(double) ? double : literal;
}

/** `>=` is "at least as severe as", so the smaller severity is the greater priority. */
const SEVERITY_RELATIONS: Readonly<Record<RelationOperator, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a > b,
  '<=': (a, b) => a >= b,
  '>': (a, b) => a < b,
  '>=': (a, b) => a <= b,
};

function priorityRelation(node: ASTNode, op: RelationOperator, left: Term, right: Term): Term {
  checkPriorityName(left);
  checkPriorityName(right);
  const holds = SEVERITY_RELATIONS[op];
  if (left.attribute === 'priority' && typeof right.literal === 'string') {
    const severity = severityOf(right.literal as Priority);
    return severityTerm(node, (alertSeverity) => holds(alertSeverity, severity));
  }
  const run = (frame: Frame): boolean => {
    const [a, b] = [severityOfValue(left.run(frame)), severityOfValue(right.run(frame))];
    return a < 0 || b < 0 ? op === '!=' : holds(a, b);
  };
  return makeTerm(node, 'bool', [left, right], run);
}

/** A test of the alert's priority alone: one bit per severity. */
function severityTerm(node: ASTNode, holds: (severity: number) => boolean): Term {
  let severities = 0;
  for (const severity of PRIORITIES.keys()) if (holds(severity)) severities |= 1 << severity;
  const run = (frame: Frame): boolean => ((severities >> frame.severity) & 1) === 1;
  return makeTerm(node, 'bool', [], run, { guard: { ...NO_GUARD, severities } });
}

function severityOfValue(value: Value): number {
  return typeof value === 'string' ? severityOf(value as Priority) : -1;
}

/** A text compared with a priority must be one: lower case, as in the rest of the configuration. */
function checkPriorityName({ node, literal }: Term): void {
  if (typeof literal !== 'string' || severityOf(literal as Priority) >= 0) return;
  const near = didYouMean(literal, PRIORITIES);
  const hint = near ? `did you mean "${near}"?` : `one of ${PRIORITIES.join(', ')}`;
  refuse(node, 'wrong_type', `"${literal}" is no priority`, hint);
}

function membershipOfLiterals(node: ASTNode, left: Term, literals: readonly Value[]): Term {
  if (left.attribute === 'priority') {
    return severityTerm(node, (severity) => literals.includes(PRIORITIES[severity]!));
  }
  if (!literals.every((literal) => typeof literal === 'string')) {
    const run = (frame: Frame): boolean => includes(literals, left.run(frame));
    return makeTerm(node, 'bool', [left], run);
  }
  const names: ReadonlySet<Value> = new Set(literals);
  return makeTerm(node, 'bool', [left], (frame) => names.has(left.run(frame)), {
    guard: nameGuard(left, literals),
  });
}

function searchList(node: ASTNode, left: Term, right: Term): Term['run'] {
  return (frame) => {
    const list = right.run(frame);
    if (isDocument(list)) return memberValue(list, left.run(frame)) !== null;
    if (!isList(list)) return false;
    charge(frame, list.length / 16, node.pos);
    return includes(list, left.run(frame));
  };
}

function includes(list: readonly Value[], wanted: Value): boolean {
  return list.some((item) => equal(item, wanted));
}

function isField(name: Value, frame: Frame): boolean {
  return typeof name === 'string' && fieldValue(frame.alert, name) !== null;
}

function literalsOf({ elements }: Term): readonly Value[] | undefined {
  const literals = elements?.map((element) => element.literal);
  return literals?.every((literal) => literal !== undefined) ? literals : undefined;
}

function nameGuard({ attribute }: Term, names: readonly string[]): Guard {
  if (attribute === 'source') return { ...NO_GUARD, sources: new Set(names) };
  return attribute === 'rule' ? { ...NO_GUARD, rules: new Set(names) } : NO_GUARD;
}

function haveOrder(left: Term, right: Term): boolean {
  return [left.type, right.type].every(
    (type) => isNumericType(type) || type === 'string' || type === 'priority' || type === 'any',
  );
}

function hintFor(left: Term, right: Term): string | undefined {
  const types: readonly Type[] = [left.type, right.type];
  if (types.includes('fields')) return 'one field is fields["name"]';
  if (types.includes('priority'))
    return 'a priority is compared with one, e.g. priority >= CRITICAL';
  if (types.some((type) => type.startsWith('list<'))) return 'an element of a list: "x" in list';
  return undefined;
}

const MIRRORED: Readonly<Record<RelationOperator, RelationOperator>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
