import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { type Alert, severityOf } from '../alert.ts';
import { compileNode } from './compile.ts';
import { ExpressionError } from './errors.ts';
import type { Guard } from './guard.ts';
import { expectType, type Term } from './term.ts';
import { type Document, type Frame, STEPS_MAX } from './values.ts';

/** An expression over alerts, ready to be asked. */
export interface Expression {
  readonly text: string;
  /** What an alert must have for the expression to be worth asking. */
  readonly guard: Guard;
  /**
   * Whether it holds for the alert.
   *
   * @throws ExpressionFailure
   */
  test(alert: Alert): boolean;
}

/**
 * Checks and compiles a CEL expression (https://github.com/google/cel-spec) with the environment
 * that README.md describes.
 *
 * @throws ExpressionError
 */
export function compileExpression(text: string): Expression {
  const { run, guard } = compileText(text);
  const test = (alert: Alert): boolean => {
    const severity = severityOf(alert.priority);
    return run(newFrame(alert, severity, NOTHING)) === true;
  };
  return { text, guard, test };
}

/** An expression over JSON objects that are no alerts. */
export interface DocumentExpression {
  /** @throws ExpressionFailure */
  test(document: Document): boolean;
}

/**
 * The same language over a document: its names are `members`, whose values have any type. What is
 * missing is null there, too.
 *
 * @throws ExpressionError
 */
export function compileDocumentExpression(
  text: string,
  members: ReadonlySet<string>,
): DocumentExpression {
  const { run } = compileText(text, members);
  return {
    test: (document) => run(newFrame(NO_ALERT, 0, document)) === true,
  };
}

const NOTHING: Document = {};
/** Names of alerts do not compile in an expression over documents: nobody looks. */
const NO_ALERT = NOTHING as unknown as Alert;

function newFrame(alert: Alert, severity: number, document: Document): Frame {
  return { alert, document, severity, stepsLeft: STEPS_MAX, outerItem: null, innerItem: null };
}

function compileText(text: string, members?: ReadonlySet<string>): Term {
  const term = compileNode(parse(text), {
    variables: new Map(),
    depth: 0,
    counter: { parts: 0 },
    ...(members === undefined ? {} : { members }),
  });
  expectType(term, 'bool', 'the expression');
  return term;
}

const TEXT_LENGTH_MAX = 4096;

const grammar = new Environment({
  limits: { maxAstNodes: 500, maxDepth: 32, maxListElements: 200, maxCallArguments: 8 },
});

function parse(text: string): ASTNode {
  if (text.length > TEXT_LENGTH_MAX) {
    const at = { text, offset: TEXT_LENGTH_MAX };
    throw new ExpressionError('too_large', `it is longer than ${TEXT_LENGTH_MAX} characters`, at);
  }
  try {
    return grammar.parse(text).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw syntaxError(text, error);
  }
}

function syntaxError(text: string, error: ParseError): ExpressionError {
  const at = { text, offset: error.range?.start ?? 0 };
  switch (error.code) {
    case 'limit_exceeded':
      return new ExpressionError('too_large', 'it has too many parts, or nests too deeply', at);
    case 'unexpected_token':
    case 'unexpected_character':
    case 'expected_token':
      return unexpectedToken(at, error);
    case 'invalid_macro_argument':
      return new ExpressionError('syntax', 'a macro begins with a name', at, 'tags.exists(tag, …)');
    default:
      return new ExpressionError('syntax', lowerFirst(error.summary), at);
  }
}

interface Spot {
  readonly text: string;
  readonly offset: number;
}

function unexpectedToken(at: Spot, { summary, range }: ParseError): ExpressionError {
  const found = at.text.slice(at.offset, range?.end).trim();
  const message = found === '' ? 'it ends too early' : `${found} is not expected here`;
  const missing = MISSING.find(([token]) => summary.startsWith(`Expected ${token},`))?.[1];
  const isAfterNot = /\bnot\s*$/i.test(at.text.slice(0, at.offset));
  const habit = HINTS.get(isAfterNot ? 'not' : found.toLowerCase());
  return new ExpressionError('syntax', message, at, habit ?? (missing && `${missing} is missing`));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** cel-js's names of tokens. */
const MISSING = [
  ['RPAREN', ')'],
  ['RBRACKET', ']'],
  ['RBRACE', '}'],
  ['COLON', ':'],
  ['IDENTIFIER', 'a name'],
] as const;

/** What people write who come from SQL, Falco's conditions or Python. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['=', 'equality is =='],
  ['and', 'write && for and'],
  ['&', 'write && for and'],
  ['or', 'write || for or'],
  ['|', 'write || for or'],
  ['not', 'write ! for not'],
  ['contains', 'it is a method: text.contains("part")'],
  ['icontains', 'it is a method: text.contains("part")'],
  ['startswith', 'it is a method: text.startsWith("part")'],
  ['endswith', 'it is a method: text.endsWith("part")'],
  ['regex', 'it is a method: text.matches("pattern")'],
]);
