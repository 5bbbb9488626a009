import type { Patterns } from './env.ts';
import { Failure, positionAt, TemplateError } from './errors.ts';
import { evaluatePipe, type Scope, setVariable } from './evaluate.ts';
import { formatPlain } from './format-value.ts';
import { NO_VALUE } from './functions.ts';
import { createBudget, createWriter, type TemplateLimits, type Writer } from './limits.ts';
import type { Node, ParsedTemplate, Pipe } from './tree.ts';
import {
  integerOf,
  isList,
  isMap,
  isNil,
  isTrue,
  ownValue,
  sortedKeys,
  typeName,
} from './value.ts';

/** What stays the same from one execution of a template to the next. */
export interface Program {
  readonly source: string;
  readonly parsed: ParsedTemplate;
  readonly limits: TemplateLimits;
  readonly patterns: Patterns;
}

/** Throws `TemplateError`: `template_failed` or `template_limit`, with what was written so far. */
export function execute(program: Program, data: unknown): string {
  const budget = createBudget(program.limits);
  const writer = createWriter(budget);
  const run: Run = {
    budget,
    patterns: program.patterns,
    variables: [{ name: '$', value: data }],
    at: 0,
    writer,
    named: program.parsed.named,
  };
  try {
    walk(run, data, program.parsed.root);
    return writer.text();
  } catch (error) {
    if (error instanceof Failure) {
      const where = positionAt(program.source, run.at);
      throw new TemplateError(error.code, error.message, where, writer.text());
    }
    throw error;
  }
}

interface Run extends Scope {
  readonly writer: Writer;
  readonly named: ParsedTemplate['named'];
}

/** How a list of nodes ended: `break` and `continue` are for the range around it. */
type Flow = 'done' | 'break' | 'continue';

function walk(run: Run, dot: unknown, nodes: readonly Node[]): Flow {
  for (const node of nodes) {
    run.budget.charge(1);
    const flow = walkNode(run, dot, node);
    if (flow !== 'done') {
      return flow;
    }
  }
  return 'done';
}

function walkNode(run: Run, dot: unknown, node: Node): Flow {
  switch (node.kind) {
    case 'text':
      run.writer.write(node.text);
      return 'done';
    case 'action':
      walkAction(run, dot, node.pipe);
      return 'done';
    case 'if':
    case 'with':
      return inBlock(run, () => walkBranches(run, dot, node));
    case 'range':
      return inBlock(run, () => walkRange(run, dot, node));
    case 'template':
      walkTemplate(run, dot, node);
      return 'done';
    case 'break':
    case 'continue':
      return node.kind;
  }
}

function walkAction(run: Run, dot: unknown, pipe: Pipe): void {
  const value = evaluatePipe(run, dot, pipe);
  if (pipe.variables.length === 0) {
    run.at = pipe.at;
    run.writer.write(isNil(value) ? NO_VALUE : formatPlain(run.budget, value));
  }
}

/** One level deeper; variables made inside end with the block. */
function inBlock(run: Run, walkBlock: () => Flow): Flow {
  const outside = run.variables.length;
  run.budget.enter();
  const flow = walkBlock();
  run.budget.leave();
  run.variables.length = outside;
  return flow;
}

type NodeOf<Kind> = Extract<Node, { kind: Kind }>;

function walkBranches(run: Run, dot: unknown, node: NodeOf<'if' | 'with'>): Flow {
  for (const { pipe, body } of node.branches) {
    const value = evaluatePipe(run, dot, pipe);
    if (isTrue(value)) {
      return walk(run, node.kind === 'with' ? value : dot, body);
    }
  }
  return walk(run, dot, node.otherwise);
}

function walkRange(run: Run, dot: unknown, node: NodeOf<'range'>): Flow {
  const value = evaluatePipe(run, dot, node.pipe);
  const inside = run.variables.length;
  run.at = node.pipe.at;
  let isEmpty = true;
  for (const [key, item] of items(run, value, node.pipe)) {
    isEmpty = false;
    run.budget.charge(1);
    setRangeVariables(run, node.pipe, inside, key, item);
    const flow = walk(run, item, node.body);
    run.variables.length = inside;
    if (flow === 'break') {
      break;
    }
  }
  return isEmpty ? walk(run, dot, node.otherwise) : 'done';
}

/** With one variable it is the item, with two the key comes first. */
function setRangeVariables(
  run: Run,
  { variables, assigns }: Pipe,
  inside: number,
  key: unknown,
  item: unknown,
): void {
  const made = inside - variables.length;
  const values = variables.length === 2 ? [key, item] : [item];
  variables.forEach((name, index) => {
    if (assigns) {
      setVariable(run, name, values[index]);
    } else {
      run.variables[made + index] = { name, value: values[index] };
    }
  });
}

type Item = readonly [key: unknown, item: unknown];

function items(run: Run, value: unknown, pipe: Pipe): Iterable<Item> {
  if (isNil(value)) {
    return [];
  }
  if (isList(value)) {
    return listItems(value);
  }
  if (isMap(value)) {
    return mapItems(run, value);
  }
  const end = integerOf(value);
  if (end === undefined) {
    throw new Failure(`range cannot go over ${typeName(value)}; give it a list, map or integer`);
  }
  if (pipe.variables.length === 2) {
    throw new Failure('range over a number sets one variable only; remove the other');
  }
  return countTo(end);
}

function* listItems(list: readonly unknown[]): Generator<Item> {
  for (const [index, item] of list.entries()) {
    yield [BigInt(index), item];
  }
}

function* mapItems(run: Run, map: object): Generator<Item> {
  const keys = sortedKeys(map);
  run.budget.charge(keys.length);
  for (const key of keys) {
    yield [key, ownValue(map, key)];
  }
}

function* countTo(end: bigint): Generator<Item> {
  for (let index = 0n; index < end; index += 1n) {
    yield [undefined, index];
  }
}

/** A called template sees its argument as the dot and as `$`, and no other variable. */
function walkTemplate(run: Run, dot: unknown, node: NodeOf<'template'>): void {
  const argument = node.pipe === undefined ? undefined : evaluatePipe(run, dot, node.pipe);
  const { variables } = run;
  run.at = node.at;
  run.budget.enter();
  run.variables = [{ name: '$', value: argument }];
  walk(run, argument, run.named.get(node.name) ?? []);
  run.variables = variables;
  run.budget.leave();
}
