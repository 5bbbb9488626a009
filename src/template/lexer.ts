import { positionAt, shown, TemplateError } from './errors.ts';

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'comma'
  | 'leftParen'
  | 'rightParen'
  | 'string'
  | 'rawString'
  | 'char'
  | 'number'
  | 'variable'
  | 'dot'
  | 'field'
  | 'keyword'
  | 'bool'
  | 'nil'
  | 'identifier'
  /** Stands for what comes behind the last token. */
  | 'end of template';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in the source. */
  readonly at: number;
}

/** Splits a template into text and the words of its actions; trims and drops comments. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    const end = open < 0 ? source.length : open;
    const trimsLeft = open >= 0 && LEFT_TRIM.test(source.slice(open + 2, open + 4));
    const text = source.slice(at, end);
    const kept = trimsLeft ? trimEndSpaces(text) : text;
    if (kept !== '') {
      tokens.push({ kind: 'text', text: kept, at });
    }
    at = open < 0 ? end : readAction(source, open, trimsLeft ? open + 4 : open + 2, tokens);
  }
  return tokens;
}

const LEFT_TRIM = /^-[ \t\r\n]/;

/** A regular expression anchored at the end would be tried from every space: not linear. */
function trimEndSpaces(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) {
    end -= 1;
  }
  return text.slice(0, end);
}

/** Reads `{{ … }}`, whose inside begins at `inside`; returns where the text after it begins. */
function readAction(source: string, open: number, inside: number, tokens: Token[]): number {
  if (source.startsWith('/*', inside)) {
    return skipComment(source, open, inside);
  }
  tokens.push({ kind: 'open', text: '{{', at: open });
  let at = inside;
  while (at < source.length) {
    const close = matchAt(CLOSE, source, at);
    if (close !== undefined) {
      tokens.push({ kind: 'close', text: '}}', at });
      return afterClose(source, at, close);
    }
    const token = nextToken(source, at);
    tokens.push(token);
    at += token.text.length;
  }
  throw syntaxError(source, open, 'this "{{" is never closed; end the action with "}}"');
}

function skipComment(source: string, open: number, inside: number): number {
  const end = source.indexOf('*/', inside + 2);
  if (end < 0) {
    throw syntaxError(source, open, 'this comment is never closed; end it with "*/}}"');
  }
  const close = matchAt(CLOSE, source, end + 2);
  if (close === undefined || (close !== '}}' && close.length !== ' -}}'.length)) {
    throw syntaxError(source, end, 'a comment must fill its action; put "}}" right after "*/"');
  }
  return afterClose(source, end + 2, close);
}

/** Spaces belong to the delimiter when the trim marker follows: `x -}}`. */
const CLOSE = /\}\}|[ \t\r\n]+-\}\}/y;
const SPACES = /[ \t\r\n]*/y;

function afterClose(source: string, at: number, close: string): number {
  const after = at + close.length;
  return close === '}}' ? after : after + (matchAt(SPACES, source, after) ?? '').length;
}

function nextToken(source: string, at: number): Token {
  for (const [kind, pattern] of RULES) {
    const text = matchAt(pattern, source, at);
    if (text !== undefined) {
      checkTerminator(source, at, kind, text);
      return { kind: kind === 'identifier' ? wordKind(text) : kind, text, at };
    }
  }
  throw syntaxError(source, at, unreadable(source, at));
}

/** Tried in this order at one place; none can backtrack over more than it has read once. */
const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['declare', /:=/y],
  ['assign', /=/y],
  ['pipe', /\|/y],
  ['comma', /,/y],
  ['leftParen', /\(/y],
  ['rightParen', /\)/y],
  ['string', /"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"/y],
  ['rawString', /`[^`]*`/y],
  ['char', /'[^'\\\n]*(?:\\[^\n][^'\\\n]*)*'/y],
  ['number', /[+-]?\.?[0-9][\p{L}\p{Nd}_.]*(?:(?<=[eE])[+-][\p{L}\p{Nd}_.]*)?/uy],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['field', /\.[\p{L}\p{Nd}_]+/uy],
  ['dot', /\./y],
  ['identifier', /[\p{L}\p{Nd}_]+/uy],
];

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

/** `$x+2` is refused rather than read as two operands. */
function checkTerminator(source: string, at: number, kind: TokenKind, text: string): void {
  const after = at + text.length;
  if (!NAMES.has(kind) || matchAt(TERMINATOR, source, after) !== undefined) {
    return;
  }
  const found = String.fromCodePoint(source.codePointAt(after) ?? 0);
  const problem = `unexpected ${shown(found)} after ${shown(text)}; put a space there`;
  throw syntaxError(source, after, problem);
}

const NAMES: ReadonlySet<TokenKind> = new Set(['variable', 'field', 'dot', 'identifier']);
const TERMINATOR = /[ \t\r\n.,|:()]|\}\}|$/y;

function wordKind(word: string): TokenKind {
  if (KEYWORDS.has(word)) {
    return 'keyword';
  }
  if (word === 'nil') {
    return 'nil';
  }
  return word === 'true' || word === 'false' ? 'bool' : 'identifier';
}

const KEYWORDS: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
]);

function unreadable(source: string, at: number): string {
  const found = String.fromCodePoint(source.codePointAt(at) ?? 0);
  switch (found) {
    case '"':
    case "'":
    case '`':
      return `this ${found} is never closed; close it before the action ends`;
    case '/':
      return 'unexpected "/"; a comment must fill its action: "{{/* … */}}"';
    default:
      return `unexpected ${shown(found)}; quote it if it is text`;
  }
}

export function syntaxError(source: string, at: number, problem: string): TemplateError {
  return new TemplateError('template_syntax', problem, positionAt(source, at));
}
