/** What can be wrong with an expression's text. Stable. */
export type ExpressionErrorCode =
  /** It does not follow the grammar. */
  | 'syntax'
  /** A name the environment does not have. */
  | 'unknown_name'
  /** A function or method the environment does not have, or with another number of arguments. */
  | 'unknown_function'
  /** Operands or a result of the wrong type. */
  | 'wrong_type'
  /** A regular expression that is not one, is no literal, or is too large. */
  | 'bad_pattern'
  /** CEL that routes have no use for: bytes, unsigned numbers, maps. */
  | 'unsupported'
  /** Too long, too many parts, or nested too deeply. */
  | 'too_large';

/** Where a mistake stands in the expression's text. */
export interface Place {
  /** UTF-16 units before it. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** An expression that cannot be used, found when the configuration is read. */
export class ExpressionError extends Error implements Place {
  override readonly name = 'ExpressionError';
  readonly code: ExpressionErrorCode;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  /** What was probably meant, or what to write instead. */
  readonly hint: string | undefined;

  constructor(
    code: ExpressionErrorCode,
    message: string,
    at: { readonly text: string; readonly offset: number },
    hint?: string,
  ) {
    super(message);
    const before = at.text.slice(0, at.offset);
    this.code = code;
    this.offset = at.offset;
    this.line = before.split('\n').length;
    this.column = before.length - before.lastIndexOf('\n');
    this.hint = hint;
  }
}

/** Why an expression could not be evaluated for one alert. Stable. */
export type ExpressionFailureCode =
  | 'division_by_zero'
  /** An integer result beyond 64 bits. */
  | 'overflow'
  /** A text put together by `+` became longer than an alert's fields may be. */
  | 'text_too_long'
  /** More work than one alert may cost. */
  | 'too_many_steps';

/** A valid expression that failed on one alert. It never quotes the alert. */
export class ExpressionFailure extends Error {
  override readonly name = 'ExpressionFailure';
  readonly code: ExpressionFailureCode;
  /** Where in the expression's text, in UTF-16 units from 0. */
  readonly offset: number;

  constructor(code: ExpressionFailureCode, message: string, offset: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}
