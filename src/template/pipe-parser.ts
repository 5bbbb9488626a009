import { type Cursor, nested, next, peek, peekAdjacent, unexpected } from './cursor.ts';
import { shown } from './errors.ts';
import { arityProblem, unknownFunction } from './functions.ts';
import { syntaxError, type Token, type TokenKind } from './lexer.ts';
import { parseChar, parseNumber, unquote, unquoteRaw } from './literal.ts';
import type { Command, Operand, Pipe } from './tree.ts';

type End = 'close' | 'rightParen';

/** `$x := command | command`, up to and with its end; `where` names it in errors. */
export function parsePipe(cursor: Cursor, where: string, end: End): Pipe {
  const { at } = peek(cursor);
  const { variables, assigns } = parseVariables(cursor, where);
  const commands = [parseCommand(cursor, where, false)];
  while (peek(cursor).kind === 'pipe') {
    next(cursor);
    // Go lets a pipe end in "|".
    if (peek(cursor).kind !== end) {
      commands.push(parseCommand(cursor, where, true));
    }
  }
  endPipe(cursor, at, end);
  if (!assigns) {
    cursor.variables.push(...variables);
  }
  return { at, variables, assigns, commands };
}

function endPipe(cursor: Cursor, at: number, end: End): void {
  const token = next(cursor);
  if (token.kind === end) {
    return;
  }
  if (end === 'rightParen' && token.kind === 'close') {
    throw syntaxError(cursor.source, at, 'this "(" is never closed; add ")"');
  }
  throw unexpected(cursor, token, 'separate operands by spaces');
}

type Variables = Pick<Pipe, 'variables' | 'assigns'>;

/** `$x :=`, `$x =` and, for a range, `$i, $x :=`; nothing is taken when there is none of these. */
function parseVariables(cursor: Cursor, where: string): Variables {
  const start = cursor.at;
  const names: Token[] = [];
  while (peek(cursor).kind === 'variable') {
    names.push(next(cursor));
    if (peek(cursor).kind !== 'comma') {
      break;
    }
    const comma = next(cursor);
    if (where !== 'range' || names.length === 2) {
      throw unexpected(cursor, comma, 'only range sets two variables, and none sets three');
    }
  }
  const operator = peek(cursor);
  if (names.length > 0 && (operator.kind === 'assign' || operator.kind === 'declare')) {
    next(cursor);
    const assigns = operator.kind === 'assign';
    if (assigns) {
      names.forEach((name) => checkVariable(cursor, name));
    }
    return { variables: names.map((name) => name.text), assigns };
  }
  if (names.length === 2) {
    throw unexpected(cursor, operator, 'give both variables a value with ":="');
  }
  cursor.at = start;
  return { variables: [], assigns: false };
}

function checkVariable(cursor: Cursor, name: Token): void {
  if (!cursor.variables.includes(name.text)) {
    const problem = `the variable ${shown(name.text)} does not exist here; set it with ":=" before`;
    throw syntaxError(cursor.source, name.at, problem);
  }
}

/** `isPiped`: it also gets the value of the command before it, as its last argument. */
function parseCommand(cursor: Cursor, where: string, isPiped: boolean): Command {
  const [first, ...args] = parseOperands(cursor);
  if (first === undefined) {
    throw unexpected(cursor, peek(cursor), `a value is missing for ${where}`);
  }
  const problem = commandProblem(first, args.length, isPiped);
  if (problem !== undefined) {
    throw syntaxError(cursor.source, first.at, problem);
  }
  return { first, args };
}

function parseOperands(cursor: Cursor): Operand[] {
  const operands: Operand[] = [];
  for (;;) {
    const operand = parseOperand(cursor);
    if (operand === undefined) {
      return operands;
    }
    if (operands.length > 0 && operand.kind === 'function') {
      checkArity(cursor, operand);
    }
    operands.push(operand);
    if (peekAdjacent(cursor).kind !== 'space') {
      return operands;
    }
  }
}

function checkArity(cursor: Cursor, { name, at }: { name: string; at: number }): void {
  const problem = arityProblem(name, 0);
  if (problem !== undefined) {
    const remedy = 'put a call with arguments in parentheses';
    throw syntaxError(cursor.source, at, `${problem}; ${remedy}`);
  }
}

function commandProblem(first: Operand, args: number, isPiped: boolean): string | undefined {
  const given = args + (isPiped ? 1 : 0);
  if (first.kind === 'function') {
    return arityProblem(first.name, given);
  }
  if (first.kind === 'literal' && first.value === null) {
    return 'nil alone is no value; use it as an argument only';
  }
  return given > 0 && !mayTakeArguments(first)
    ? 'this is no function and takes no arguments; remove them'
    : undefined;
}

/** What ends in a field may be a method. */
function mayTakeArguments(operand: Operand): boolean {
  return 'names' in operand && operand.names.length > 0;
}

/** A term and the fields behind it; undefined when something else comes. */
function parseOperand(cursor: Cursor): Operand | undefined {
  const term = parseTerm(cursor);
  if (term === undefined || peekAdjacent(cursor).kind !== 'field') {
    return term;
  }
  const names: string[] = [];
  while (peekAdjacent(cursor).kind === 'field') {
    names.push(next(cursor).text.slice(1));
  }
  if (term.kind === 'field' || term.kind === 'variable') {
    return { ...term, names: [...term.names, ...names] };
  }
  if (term.kind === 'literal' || term.kind === 'dot') {
    const problem = 'a field cannot follow this value; put a space between them';
    throw syntaxError(cursor.source, term.at, problem);
  }
  if (term.kind === 'function') {
    checkArity(cursor, term);
  }
  return { kind: 'chain', at: term.at, of: term, names };
}

function parseTerm(cursor: Cursor): Operand | undefined {
  const token = peek(cursor);
  const parse = TERMS[token.kind];
  if (parse === undefined) {
    return undefined;
  }
  next(cursor);
  return parse(cursor, token);
}

type TermParser = (cursor: Cursor, token: Token) => Operand;

/** By the token that a term begins with, which is taken. */
const TERMS: Readonly<Partial<Record<TokenKind, TermParser>>> = {
  dot: (_cursor, { at }) => ({ kind: 'dot', at }),
  field: (_cursor, { at, text }) => ({ kind: 'field', at, names: [text.slice(1)] }),
  variable(cursor, token) {
    checkVariable(cursor, token);
    return { kind: 'variable', at: token.at, name: token.text, names: [] };
  },
  identifier(cursor, { at, text }) {
    const problem = unknownFunction(text);
    if (problem !== undefined) {
      throw syntaxError(cursor.source, at, problem);
    }
    return { kind: 'function', at, name: text };
  },
  leftParen(cursor, { at }) {
    return nested(cursor, at, () => {
      return { kind: 'pipe', at, pipe: parsePipe(cursor, 'the parentheses', 'rightParen') };
    });
  },
  nil: (_cursor, { at }) => ({ kind: 'literal', at, value: null }),
  bool: (_cursor, { at, text }) => ({ kind: 'literal', at, value: text === 'true' }),
  string: textLiteral,
  rawString: textLiteral,
  number(cursor, token) {
    const value = parseNumber(token.text) ?? notALiteral(cursor, token, 'a number');
    return { kind: 'literal', at: token.at, value };
  },
  char(cursor, token) {
    const value = parseChar(token.text) ?? notALiteral(cursor, token, 'a character');
    return { kind: 'literal', at: token.at, value };
  },
};

function textLiteral(cursor: Cursor, token: Token): Operand {
  return { kind: 'literal', at: token.at, value: parseText(cursor, token) };
}

/** The value of a `string` or `rawString` token. */
export function parseText(cursor: Cursor, token: Token): string {
  const value = token.kind === 'string' ? unquote(token.text) : unquoteRaw(token.text);
  return value ?? notALiteral(cursor, token, 'text');
}

function notALiteral(cursor: Cursor, token: Token, what: string): never {
  const problem = `${shown(token.text)} is not ${what} Go can read; write it as Go does`;
  throw syntaxError(cursor.source, token.at, problem);
}
