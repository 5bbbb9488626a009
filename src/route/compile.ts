import type { ASTNode } from '@marcbachmann/cel-js';
import { type ArithmeticOperator, arithmetic, negation } from './arithmetic.ts';
import { documentTerm, itemTerm, memberTerm } from './document.ts';
import { type Arguments, functionTerm, methodTerm } from './functions.ts';
import { guardBoth, guardEither } from './guard.ts';
import { MACROS, macroTerm } from './macros.ts';
import { ingestTerm, nameTerm } from './names.ts';
import { membership, type RelationOperator, relation } from './relations.ts';
import {
  type Compile,
  elementType,
  expectType,
  listOf,
  makeLiteral,
  makeTerm,
  refuse,
  type Scope,
  type Term,
  type Type,
  unify,
} from './term.ts';
import { fieldValue, isList, isNumeric, type Value } from './values.ts';

/**
 * Checks a parsed expression and turns it into closures, bottom up.
 *
 * @throws ExpressionError
 */
export const compileNode: Compile = (node, scope) => {
  scope.counter.parts += 1;
  const compile: (node: never, scope: Scope) => Term = COMPILERS[node.op];
  return compile(node as never, scope);
};

type NodeOf<Op> = Extract<ASTNode, { op: Op }>;
type Compilers = { readonly [Op in ASTNode['op']]: (node: NodeOf<Op>, scope: Scope) => Term };

const COMPILERS: Compilers = {
  value: literal,
  id: (node, { variables, members }) => {
    const variable = variables.get(node.args);
    if (variable === undefined) {
      return members === undefined
        ? nameTerm(node, node.args, variables.keys())
        : documentTerm(node, node.args, members);
    }
    const { type, depth } = variable;
    const run: Term['run'] = depth === 1 ? (frame) => frame.outerItem : (frame) => frame.innerItem;
    return makeTerm(node, type, [], run);
  },
  '.': member,
  '[]': index,
  call: (node, scope) => functionTerm(node, node.args[0], argumentsOf(node.args[1], scope)),
  rcall: (node, scope) => {
    const [name, receiverNode, args] = node.args;
    const receiver = compileNode(receiverNode, scope);
    return MACROS.includes(name)
      ? macroTerm(node, name, receiver, args, scope, compileNode)
      : methodTerm(node, name, receiver, argumentsOf(args, scope), MACROS);
  },
  list: (node, scope) => listTerm(node, all(node.args, scope)),
  '?:': (node, scope) => conditional(node, all(node.args, scope)),
  '&&': (node, scope) => conjunction(node, ...pair(node, scope)),
  '||': (node, scope) => disjunction(node, ...pair(node, scope)),
  '!_': (node, scope) => {
    const operand = compileNode(node.args, scope);
    expectType(operand, 'bool', 'the operand of !');
    return makeTerm(node, 'bool', [operand], (frame) => operand.run(frame) !== true);
  },
  '-_': (node, scope) => negation(node, compileNode(node.args, scope)),
  in: (node, scope) => membership(node, ...pair(node, scope)),
  '==': compareNode,
  '!=': compareNode,
  '<': compareNode,
  '<=': compareNode,
  '>': compareNode,
  '>=': compareNode,
  '+': calculate,
  '-': calculate,
  '*': calculate,
  '/': calculate,
  '%': calculate,
  map: unsupported,
  '.?': unsupported,
  '[?]': unsupported,
};

function compareNode(node: NodeOf<RelationOperator>, scope: Scope): Term {
  return relation(node, node.op, ...pair(node, scope));
}

function calculate(node: NodeOf<ArithmeticOperator>, scope: Scope): Term {
  return arithmetic(node, node.op, ...pair(node, scope));
}

function pair(node: { readonly args: readonly [ASTNode, ASTNode] }, scope: Scope): [Term, Term] {
  return [compileNode(node.args[0], scope), compileNode(node.args[1], scope)];
}

function all(nodes: readonly ASTNode[], scope: Scope): readonly Term[] {
  return nodes.map((node) => compileNode(node, scope));
}

function argumentsOf(nodes: readonly ASTNode[], scope: Scope): Arguments {
  return { count: nodes.length, compile: (at) => compileNode(nodes[at]!, scope) };
}

function literal(node: NodeOf<'value'>): Term {
  const value = node.args;
  const type = value === null ? 'null' : LITERAL_TYPES.get(typeof value);
  return type === undefined ? unsupported(node) : makeLiteral(node, type, value as Value);
}

const LITERAL_TYPES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['string', 'string'],
  ['bigint', 'int'],
  ['number', 'double'],
  ['boolean', 'bool'],
]);

function unsupported(node: ASTNode): Term {
  const hint = 'there are texts, numbers, true, false, null and lists';
  return refuse(node, 'unsupported', 'routes have no use for this kind of value', hint);
}

/** `fields.name`, `ingest.peer`. */
function member(node: NodeOf<'.'>, scope: Scope): Term {
  const [objectNode, name] = node.args;
  if (scope.members !== undefined) return memberTerm(node, compileNode(objectNode, scope), name);
  const path = dottedPath(node);
  if (path !== undefined && path.includes('.')) {
    const hint = `did you mean fields["${path}"]?`;
    refuse(node, 'wrong_type', "a field's name with dots goes between brackets", hint);
  }
  const object = compileNode(objectNode, scope);
  if (object.type === 'fields') return fieldTerm(node, name);
  if (object.type === 'ingest') return ingestTerm(node, name);
  return refuse(
    node,
    'wrong_type',
    `${object.type} has no .${name}`,
    'only fields and ingest have',
  );
}

/** `proc.name` for `fields.proc.name`; undefined for what is not looked up in `fields`. */
function dottedPath(node: NodeOf<'.'>): string | undefined {
  const [object, name] = node.args;
  if (object.op === 'id') return object.args === 'fields' ? name : undefined;
  const path = object.op === '.' ? dottedPath(object) : undefined;
  return path === undefined ? undefined : `${path}.${name}`;
}

/** `fields["name"]`, `tags[0]`. */
function index(node: NodeOf<'[]'>, scope: Scope): Term {
  const [object, key] = pair(node, scope);
  if (scope.members !== undefined && object.type === 'any') return itemTerm(node, object, key);
  if (object.type === 'fields') {
    expectType(key, 'string', 'the name of a field', 'fields["name"]');
    return typeof key.literal === 'string' ? fieldTerm(node, key.literal) : namedField(node, key);
  }
  if (object.type === 'ingest' && typeof key.literal === 'string') {
    return ingestTerm(node, key.literal);
  }
  const type = object.type === 'any' ? 'any' : elementType(object.type);
  if (type === undefined) {
    return refuse(node, 'wrong_type', `${object.type} has no elements`, 'fields["name"], tags[0]');
  }
  expectType(key, 'int', 'the number of an element');
  return makeTerm(node, type, [object, key], (frame) => {
    const [list, at] = [object.run(frame), key.run(frame)];
    return isList(list) && isNumeric(at) ? (list[Number(at)] ?? null) : null;
  });
}

function fieldTerm(node: ASTNode, name: string): Term {
  return makeTerm(node, 'any', [], (frame) => fieldValue(frame.alert, name));
}

function namedField(node: ASTNode, key: Term): Term {
  return makeTerm(node, 'any', [key], (frame) => {
    const name = key.run(frame);
    return typeof name === 'string' ? fieldValue(frame.alert, name) : null;
  });
}

function listTerm(node: ASTNode, elements: readonly Term[]): Term {
  let type: Type = elements[0]?.type ?? 'any';
  for (const element of elements) {
    const joined = unify(type, element.type);
    if (joined === undefined) {
      return refuse(element.node, 'wrong_type', `${element.type} in a list of ${type}`);
    }
    type = joined;
  }
  const run: Term['run'] = (frame) => elements.map((element): Value => element.run(frame));
  return makeTerm(node, listOf(type), elements, run, { elements });
}

function conditional(node: ASTNode, [test, yes, no]: readonly Term[]): Term {
  expectType(test!, 'bool', 'what ? tests');
  const type = unify(yes!.type, no!.type);
  if (type === undefined) {
    const both = `${yes!.type} and ${no!.type}`;
    return refuse(node, 'wrong_type', `both results of ? must have one type, not ${both}`);
  }
  const run: Term['run'] = (frame) => (test!.run(frame) === true ? yes! : no!).run(frame);
  return makeTerm(node, type, [test!, yes!, no!], run);
}

/** Left to right, and the right side only if it matters: what is not reached cannot fail. */
function conjunction(node: ASTNode, left: Term, right: Term): Term {
  expectType(left, 'bool', 'the left side of &&');
  expectType(right, 'bool', 'the right side of &&');
  // The guard of the right side holds only if the left side cannot fail first.
  const guard = left.total ? guardBoth(left.guard, right.guard) : left.guard;
  const run: Term['run'] = (frame) => left.run(frame) === true && right.run(frame) === true;
  return makeTerm(node, 'bool', [left, right], run, { guard });
}

function disjunction(node: ASTNode, left: Term, right: Term): Term {
  expectType(left, 'bool', 'the left side of ||');
  expectType(right, 'bool', 'the right side of ||');
  const run: Term['run'] = (frame) => left.run(frame) === true || right.run(frame) === true;
  return makeTerm(node, 'bool', [left, right], run, {
    guard: guardEither(left.guard, right.guard),
  });
}
