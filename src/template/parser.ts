import { type Cursor, expect, nested, next, peek, unexpected } from './cursor.ts';
import { shown } from './errors.ts';
import { syntaxError, type Token, tokenize } from './lexer.ts';
import { parsePipe, parseText } from './pipe-parser.ts';
import type { Branch, Node, ParsedTemplate } from './tree.ts';

/**
 * Parses a whole source. What can never work is refused here and not when an alert comes: unknown
 * functions, variables and templates, and wrong numbers of arguments.
 */
export function parse(source: string, depthMax: number): ParsedTemplate {
  const cursor: Cursor = {
    source,
    tokens: tokenize(source),
    at: 0,
    variables: ['$'],
    depth: 0,
    depthMax,
    ranges: 0,
    templates: new Map(),
    calls: [],
  };
  const { nodes, stop } = parseNodes(cursor, true);
  if (stop.kind === 'keyword') {
    throw syntaxError(source, stop.at, `{{${stop.text}}} has no block to belong to; remove it`);
  }
  for (const { name, at } of cursor.calls) {
    if (!cursor.templates.has(name)) {
      throw syntaxError(source, at, `no template is called ${shown(name)}; define it`);
    }
  }
  return { root: nodes, named: cursor.templates };
}

interface Nodes {
  readonly nodes: readonly Node[];
  /** The `end` or `else` behind them, already taken, or the end of the template. */
  readonly stop: Token;
}

function parseNodes(cursor: Cursor, isTop = false): Nodes {
  const nodes: Node[] = [];
  for (;;) {
    const token = next(cursor);
    if (token.kind === 'end of template') {
      return { nodes, stop: token };
    }
    if (token.kind === 'text') {
      nodes.push({ kind: 'text', text: token.text });
      continue;
    }
    const first = peek(cursor);
    if (first.kind === 'keyword' && (first.text === 'end' || first.text === 'else')) {
      return { nodes, stop: next(cursor) };
    }
    const node = parseAction(cursor, isTop);
    if (node !== undefined) {
      nodes.push(node);
    }
  }
}

/** What stands behind `{{`; a `define` leaves no node where it stands. */
function parseAction(cursor: Cursor, isTop: boolean): Node | undefined {
  const first = peek(cursor);
  if (first.kind !== 'keyword') {
    return { kind: 'action', pipe: parsePipe(cursor, 'an action', 'close') };
  }
  next(cursor);
  switch (first.text) {
    case 'if':
    case 'with':
      return parseBranches(cursor, first, first.text);
    case 'range':
      return parseRange(cursor, first);
    case 'break':
    case 'continue':
      return parseJump(cursor, first, first.text);
    case 'template':
      return parseCall(cursor, first);
    case 'block':
      return parseBlock(cursor, first);
    default:
      return parseDefine(cursor, first, isTop);
  }
}

/** `else if` and `else with` are branches of the same node, so that long chains do not nest. */
function parseBranches(cursor: Cursor, start: Token, kind: 'if' | 'with'): Node {
  return inScope(cursor, start, () => {
    const branches: Branch[] = [];
    let otherwise: readonly Node[] = [];
    for (let more = true; more; ) {
      const pipe = parsePipe(cursor, kind, 'close');
      const { nodes, stop } = parseNodes(cursor);
      branches.push({ pipe, body: nodes });
      more = stop.text === 'else' && peek(cursor).text === kind;
      if (more) {
        next(cursor);
      } else {
        otherwise = parseElse(cursor, start, stop);
      }
    }
    return { kind, branches, otherwise };
  });
}

function parseRange(cursor: Cursor, start: Token): Node {
  return inScope(cursor, start, () => {
    const pipe = parsePipe(cursor, 'range', 'close');
    cursor.ranges += 1;
    const { nodes, stop } = parseNodes(cursor);
    cursor.ranges -= 1;
    return { kind: 'range', pipe, body: nodes, otherwise: parseElse(cursor, start, stop) };
  });
}

/** The rest of a block whose body ended with `stop`: an `else` part, if any, and the `end`. */
function parseElse(cursor: Cursor, start: Token, stop: Token): readonly Node[] {
  if (stop.text !== 'else') {
    parseEnd(cursor, start, stop);
    return [];
  }
  expect(cursor, 'close', `{{else}} of {{${start.text}}} takes nothing here`);
  const { nodes, stop: end } = parseNodes(cursor);
  parseEnd(cursor, start, end);
  return nodes;
}

function parseEnd(cursor: Cursor, start: Token, stop: Token): void {
  if (stop.text !== 'end') {
    const problem = `{{${start.text}}} is not closed; add {{end}}`;
    throw syntaxError(cursor.source, start.at, problem);
  }
  expect(cursor, 'close', '{{end}} takes nothing');
}

function parseJump(cursor: Cursor, start: Token, kind: 'break' | 'continue'): Node {
  if (cursor.ranges === 0) {
    throw syntaxError(cursor.source, start.at, `{{${kind}}} works only inside {{range}}`);
  }
  expect(cursor, 'close', `{{${kind}}} takes nothing`);
  return { kind };
}

function parseCall(cursor: Cursor, start: Token): Node {
  const name = parseName(cursor, start);
  cursor.calls.push({ name, at: start.at });
  if (peek(cursor).kind === 'close') {
    next(cursor);
    return { kind: 'template', at: start.at, name };
  }
  return { kind: 'template', at: start.at, name, pipe: parsePipe(cursor, 'template', 'close') };
}

/** `{{block "x" .}}…{{end}}` defines a template and calls it in place. */
function parseBlock(cursor: Cursor, start: Token): Node {
  const name = parseName(cursor, start);
  const pipe = parsePipe(cursor, 'block', 'close');
  parseDefinition(cursor, start, name);
  return { kind: 'template', at: start.at, name, pipe };
}

function parseDefine(cursor: Cursor, start: Token, isTop: boolean): undefined {
  if (!isTop) {
    const problem = '{{define}} cannot stand inside a block; move it to the beginning';
    throw syntaxError(cursor.source, start.at, problem);
  }
  const name = parseName(cursor, start);
  expect(cursor, 'close', '{{define}} takes a name only');
  parseDefinition(cursor, start, name);
}

function parseName(cursor: Cursor, start: Token): string {
  const token = next(cursor);
  if (token.kind !== 'string' && token.kind !== 'rawString') {
    throw unexpected(cursor, token, `{{${start.text}}} takes a quoted name`);
  }
  return parseText(cursor, token);
}

/** A template of its own: it sees no variable but its `$`. */
function parseDefinition(cursor: Cursor, start: Token, name: string): void {
  const { variables, ranges } = cursor;
  cursor.variables = ['$'];
  cursor.ranges = 0;
  const { nodes, stop } = nested(cursor, start.at, () => parseNodes(cursor));
  parseEnd(cursor, start, stop);
  cursor.variables = variables;
  cursor.ranges = ranges;
  define(cursor, start, name, nodes);
}

/** An empty definition (as `{{define "x"}} {{end}}`) gives way to another, as in Go. */
function define(cursor: Cursor, start: Token, name: string, nodes: readonly Node[]): void {
  const known = cursor.templates.get(name);
  if (known !== undefined && !isEmpty(known)) {
    if (!isEmpty(nodes)) {
      const problem = `the template ${shown(name)} is defined twice; rename one`;
      throw syntaxError(cursor.source, start.at, problem);
    }
    return;
  }
  cursor.templates.set(name, nodes);
}

function isEmpty(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}

/** Variables made inside a block end with it. */
function inScope<Result>(cursor: Cursor, start: Token, parseBody: () => Result): Result {
  const outside = cursor.variables.length;
  const result = nested(cursor, start.at, parseBody);
  cursor.variables.length = outside;
  return result;
}
