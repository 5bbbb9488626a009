import { RE2JS, RE2JSSyntaxException } from 're2js';

/** A regular expression that cannot take longer than in proportion to the text. */
export interface Pattern {
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
  /** Instructions of the compiled program: what a character costs at most. */
  readonly size: number;
}

const PATTERN_LENGTH_MAX = 1000;
const PROGRAM_SIZE_MAX = 250;

/**
 * What re2js keeps of the automaton it builds while it runs. Its own 8 MiB per pattern is memory an
 * attacker can fill with texts made for it, and building states is slower than doing without.
 */
const AUTOMATON_BYTES_MAX = 256 * 1024;

/**
 * Compiles RE2 syntax (https://github.com/google/re2/wiki/Syntax).
 *
 * @returns what is wrong with it, as text, where it cannot be used.
 */
export function compilePattern(source: string): Pattern | string {
  if (source.length > PATTERN_LENGTH_MAX) {
    return `the pattern is longer than ${PATTERN_LENGTH_MAX} characters`;
  }
  const compiled = tryCompile(source);
  if (typeof compiled === 'string') return compiled;
  const size = compiled.programSize();
  if (size > PROGRAM_SIZE_MAX) {
    return `the pattern compiles to ${size} steps, more than ${PROGRAM_SIZE_MAX}`;
  }
  const { dfa } = compiled.re2();
  dfa.stateBudget = AUTOMATON_BYTES_MAX;
  dfa.memBudget = AUTOMATON_BYTES_MAX;
  return { size, test: (text) => compiled.test(text) };
}

function tryCompile(source: string): RE2JS | string {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    return `the pattern is no regular expression: ${error.error}`;
  }
}
