import type { ASTNode } from '@marcbachmann/cel-js';
import {
  type Compile,
  elementType,
  expectType,
  listOf,
  makeTerm,
  refuse,
  type Scope,
  type Term,
  type Type,
} from './term.ts';
import { charge, type Frame, isDocument, isList, type Value } from './values.ts';

/** The macros of CEL: a test or a change of each element of a list, or of each field's name. */

export const MACROS: readonly string[] = ['all', 'exists', 'exists_one', 'filter', 'map'];

const NESTING_MAX = 2;

/** `range.name(variable, body)`. */
export function macroTerm(
  node: ASTNode,
  name: string,
  range: Term,
  args: readonly ASTNode[],
  scope: Scope,
  compile: Compile,
): Term {
  const [variable, body] = args;
  if (variable?.op !== 'id' || body === undefined || args.length > 2) {
    return refuse(node, 'syntax', `${name}() takes a name and an expression`, `list.${name}(x, …)`);
  }
  const depth = scope.depth + 1;
  if (depth > NESTING_MAX) {
    refuse(node, 'too_large', `macros may be nested ${NESTING_MAX} deep, not more`);
  }
  const item = rangeElement(range);
  const variables = new Map(scope.variables).set(variable.args, { type: item, depth });
  const partsBefore = scope.counter.parts;
  const bodyTerm = compile(body, { ...scope, variables, depth });
  const loop: Loop = {
    node,
    range,
    body: bodyTerm,
    bodySteps: scope.counter.parts - partsBefore,
    setItem: depth === 1 ? setOuterItem : setInnerItem,
  };
  if (name !== 'map') expectType(bodyTerm, 'bool', `the test of ${name}()`);
  const [type, run] = macroRun(name, loop, item);
  return makeTerm(node, type, [range], run, { total: false });
}

interface Loop {
  readonly node: ASTNode;
  readonly range: Term;
  readonly body: Term;
  readonly bodySteps: number;
  readonly setItem: (frame: Frame, item: Value) => void;
}

function macroRun(name: string, loop: Loop, item: Type): readonly [Type, Term['run']] {
  switch (name) {
    case 'all':
      return ['bool', (frame) => collect(loop, frame, (value) => !isTrue(value), 1)?.length === 0];
    case 'exists':
      return ['bool', (frame) => collect(loop, frame, isTrue, 1)?.length === 1];
    case 'exists_one':
      return ['bool', (frame) => collect(loop, frame, isTrue, 2)?.length === 1];
    case 'filter':
      return [listOf(item), (frame) => collect(loop, frame, isTrue)];
    default:
      return [listOf(loop.body.type), (frame) => each(loop, frame)];
  }
}

/** The first `max` elements for whose body `wanted` holds; null where there is nothing to look at. */
function collect(
  loop: Loop,
  frame: Frame,
  wanted: (value: Value) => boolean,
  max = Number.POSITIVE_INFINITY,
): readonly Value[] | null {
  const items = itemsToVisit(loop, frame);
  if (items === null) return null;
  const found: Value[] = [];
  for (const item of items) {
    if (wanted(runBody(loop, frame, item))) found.push(item);
    if (found.length === max) break;
  }
  return found;
}

function isTrue(value: Value): boolean {
  return value === true;
}

function each(loop: Loop, frame: Frame): readonly Value[] | null {
  return itemsToVisit(loop, frame)?.map((item) => runBody(loop, frame, item)) ?? null;
}

function itemsToVisit({ node, range }: Loop, frame: Frame): readonly Value[] | null {
  const value = range.run(frame);
  const items = isDocument(value) ? Object.keys(value) : value;
  if (!isList(items)) return null;
  // Even a loop that stops at once has paid for its list.
  charge(frame, items.length / 8, node.pos);
  return items;
}

function runBody({ node, body, bodySteps, setItem }: Loop, frame: Frame, item: Value): Value {
  charge(frame, bodySteps, node.pos);
  setItem(frame, item);
  return body.run(frame);
}

function setOuterItem(frame: Frame, item: Value): void {
  frame.outerItem = item;
}

function setInnerItem(frame: Frame, item: Value): void {
  frame.innerItem = item;
}

function rangeElement(range: Term): Type {
  if (range.type === 'fields') return 'string';
  if (range.type === 'any') return 'any';
  const hint = 'a macro goes over tags, fields, or a list';
  return (
    elementType(range.type) ??
    refuse(range.node, 'wrong_type', `${range.type} has no elements`, hint)
  );
}
