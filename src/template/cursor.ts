import { shown } from './errors.ts';
import { syntaxError, type Token, type TokenKind } from './lexer.ts';
import type { Node } from './tree.ts';

/** Where a parser is in its tokens, and what it has seen of the template so far. */
export interface Cursor {
  readonly source: string;
  readonly tokens: readonly Token[];
  /** The next token. */
  at: number;
  /** The variables in scope, innermost last. */
  variables: string[];
  depth: number;
  readonly depthMax: number;
  /** How many `range` bodies are open: `break` and `continue` need one. */
  ranges: number;
  readonly templates: Map<string, readonly Node[]>;
  /** The templates called by name, to be looked up when all are known. */
  readonly calls: { readonly name: string; readonly at: number }[];
}

/** The next token that is no space, left where it is. */
export function peek(cursor: Cursor): Token {
  while (peekAdjacent(cursor).kind === 'space') {
    cursor.at += 1;
  }
  return peekAdjacent(cursor);
}

/** The next token, be it a space: `.A.B` is one operand, `.A .B` are two. */
export function peekAdjacent(cursor: Cursor): Token {
  return (
    cursor.tokens[cursor.at] ?? { kind: 'end of template', text: '', at: cursor.source.length }
  );
}

/** Takes the next token that is no space. */
export function next(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.at += 1;
  return token;
}

/** Takes a token of this kind; `purpose` ends the sentence when it is another. */
export function expect(cursor: Cursor, kind: TokenKind, purpose: string): Token {
  const token = next(cursor);
  if (token.kind !== kind) {
    throw unexpected(cursor, token, purpose);
  }
  return token;
}

export function unexpected(cursor: Cursor, token: Token, purpose: string): Error {
  const found = token.text === '' ? token.kind : shown(token.text);
  return syntaxError(cursor.source, token.at, `unexpected ${found}; ${purpose}`);
}

/** Runs `parse` one level deeper. */
export function nested<Result>(cursor: Cursor, at: number, parse: () => Result): Result {
  cursor.depth += 1;
  if (cursor.depth > cursor.depthMax) {
    const problem = `blocks and parentheses nest deeper than ${cursor.depthMax} levels; nest less`;
    throw syntaxError(cursor.source, at, problem);
  }
  const result = parse();
  cursor.depth -= 1;
  return result;
}
