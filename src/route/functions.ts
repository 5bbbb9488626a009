import type { ASTNode } from '@marcbachmann/cel-js';
import { didYouMean } from './did-you-mean.ts';
import { compilePattern } from './pattern.ts';
import { includes, searchSteps } from './search.ts';
import { elementType, expectType, makeTerm, refuse, type Spot, type Term } from './term.ts';
import { charge, type Frame, isList } from './values.ts';

/** The functions and methods of CEL that expressions have, beside the macros. */

/** `name(args)`. */
export function functionTerm(node: ASTNode, name: string, args: Arguments): Term {
  const make = FUNCTIONS.get(name);
  if (make === undefined) {
    return refuse(node, 'unknown_function', `there is no function ${name}()`, functionHint(name));
  }
  return make(node, only(node, name, args));
}

/** `receiver.name(args)`. */
export function methodTerm(
  node: ASTNode,
  name: string,
  receiver: Term,
  args: Arguments,
  otherMethods: Iterable<string>,
): Term {
  if (name === 'size' && args.count === 0) return sizeTerm(node, receiver);
  const make = METHODS.get(name);
  const spot = { input: node.input, pos: node.input.indexOf(name, receiver.node.end) };
  if (make !== undefined) return make({ node, name, receiver, arg: only(spot, name, args) });
  const known = [...METHODS.keys(), 'size', ...otherMethods];
  const near = didYouMean(name, known);
  const hint = near ? `did you mean ${near}()?` : `there are ${known.join(', ')}`;
  return refuse(spot, 'unknown_function', `there is no method ${name}()`, hint);
}

/** Arguments, compiled only once it is clear that there is something to take them. */
export interface Arguments {
  readonly count: number;
  readonly compile: (at: number) => Term;
}

interface MethodCall {
  readonly node: ASTNode;
  readonly name: string;
  readonly receiver: Term;
  readonly arg: Term;
}

const METHODS: ReadonlyMap<string, (call: MethodCall) => Term> = new Map([
  ['startsWith', (call: MethodCall) => textTest(call, (text, part) => text.startsWith(part))],
  ['endsWith', (call: MethodCall) => textTest(call, (text, part) => text.endsWith(part))],
  ['contains', containsTerm],
  ['matches', matchesTerm],
]);

const FUNCTIONS: ReadonlyMap<string, (node: ASTNode, arg: Term) => Term> = new Map([
  ['has', hasTerm],
  ['size', sizeTerm],
]);

/** A test of two texts; false where one of them is none. */
function textTest(
  { node, name, receiver, arg }: MethodCall,
  test: (text: string, part: string, frame: Frame) => boolean,
): Term {
  expectType(receiver, 'string', `what stands before .${name}()`, listHint(receiver, name));
  expectType(arg, 'string', `the argument of ${name}()`);
  return makeTerm(node, 'bool', [receiver, arg], (frame) => {
    const [text, part] = [receiver.run(frame), arg.run(frame)];
    return typeof text === 'string' && typeof part === 'string' && test(text, part, frame);
  });
}

function containsTerm(call: MethodCall): Term {
  const test = textTest(call, (text, part, frame) => {
    charge(frame, searchSteps(text, part), call.node.pos);
    return includes(text, part);
  });
  return { ...test, ...FALLIBLE };
}

function matchesTerm({ node, receiver, arg }: MethodCall): Term {
  expectType(receiver, 'string', 'what stands before .matches()', listHint(receiver, 'matches'));
  if (typeof arg.literal !== 'string') {
    return refuse(arg.node, 'bad_pattern', 'the pattern of matches() must be a literal text');
  }
  const pattern = compilePattern(arg.literal);
  if (typeof pattern === 'string') return refuse(arg.node, 'bad_pattern', pattern);
  const run = (frame: Frame): boolean => {
    const text = receiver.run(frame);
    if (typeof text !== 'string') return false;
    charge(frame, (text.length * pattern.size) / 64, node.pos);
    return pattern.test(text);
  };
  return makeTerm(node, 'bool', [receiver], run, FALLIBLE);
}

/** `has(fields["name"])`: the field is there and not null. */
function hasTerm(node: ASTNode, arg: Term): Term {
  const { op } = arg.node;
  const isMember = op === '.' || op === '[]';
  if (!isMember) refuse(arg.node, 'wrong_type', 'has() asks for a field', 'has(fields["name"])');
  return makeTerm(node, 'bool', [arg], (frame) => arg.run(frame) !== null);
}

/** Characters of a text, elements of a list, or fields that have a value. */
function sizeTerm(node: ASTNode, arg: Term): Term {
  if (arg.type !== 'fields' && elementType(arg.type) === undefined) {
    expectType(arg, 'string', 'what size() counts', 'it counts texts, lists and fields');
  }
  const run: Term['run'] = (frame) => {
    const value = arg.run(frame);
    if (typeof value !== 'string' && !isList(value)) return null;
    charge(frame, value.length / 64, node.pos);
    return BigInt(typeof value === 'string' ? codePoints(value) : value.length);
  };
  return makeTerm(node, 'int', [arg], run, FALLIBLE);
}

const FALLIBLE = { total: false };

const SURROGATE_PAIR = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;

/** CEL counts code points. */
function codePoints(text: string): number {
  return text.length - (text.match(SURROGATE_PAIR)?.length ?? 0);
}

function only(spot: Spot, name: string, { count, compile }: Arguments): Term {
  if (count === 1) return compile(0);
  return refuse(spot, 'unknown_function', `${name}() takes one argument, not ${count}`);
}

function functionHint(name: string): string {
  if (METHODS.has(name)) return `it is a method: text.${name}(…)`;
  const near = didYouMean(name, FUNCTIONS.keys());
  return near ? `did you mean ${near}()?` : `there are ${[...FUNCTIONS.keys()].join(', ')}`;
}

function listHint({ type }: Term, method: string): string | undefined {
  if (elementType(type) === undefined) return undefined;
  return method === 'contains'
    ? 'an element of a list: "x" in list'
    : `one of a list: list.exists(x, x.${method}(…))`;
}
