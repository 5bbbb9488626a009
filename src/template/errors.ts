export type TemplateErrorCode =
  /** The text is not a template. Thrown by `compileTemplate` only. */
  | 'template_syntax'
  /** What Go calls an execution error: a field that does not exist, an index out of range, … */
  | 'template_failed'
  /** It wanted more steps, depth or text than it may have, or the source is too long. */
  | 'template_limit';

/**
 * The only error that compiling and executing a template throw. `message` says where, what and what
 * to do; it never quotes the data, which is whatever an attacker wrote.
 */
export class TemplateError extends Error {
  readonly code: TemplateErrorCode;
  /** 1-based, in the template's source. */
  readonly line: number;
  /** 1-based, in characters (UTF-16 code units). */
  readonly column: number;
  /** What the template had written, which Falcosidekick keeps. Empty at compile time. */
  readonly partial: string;

  constructor(code: TemplateErrorCode, problem: string, where: Position, partial = '') {
    super(`template, line ${where.line}, column ${where.column}: ${problem}`);
    this.name = 'TemplateError';
    this.code = code;
    this.line = where.line;
    this.column = where.column;
    this.partial = partial;
  }
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `offset` counts UTF-16 code units from 0. */
export function positionAt(source: string, offset: number): Position {
  const before = source.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/**
 * What functions and methods throw: they do not know where in the template they were called.
 * `execute` turns it into a `TemplateError`.
 */
export class Failure extends Error {
  readonly code: 'template_failed' | 'template_limit';

  constructor(problem: string, code: 'template_failed' | 'template_limit' = 'template_failed') {
    super(problem);
    this.code = code;
  }
}

/** Text of the template's author in a message: quoted, and not longer than is good to read. */
export function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
}

const SHOWN_MAX = 60;
