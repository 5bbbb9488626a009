/** What one pass over a JSON text sees, before anything recurses into it. */

/** A number whose digits JavaScript would not give back, and where it stands in the text. */
export interface ExactLiteral {
  readonly start: number;
  readonly end: number;
  /** Its name, where it is a member of the outermost object or of an object in that one. */
  readonly path: readonly [key: string] | readonly [parent: string, key: string] | undefined;
}

export interface Scan {
  readonly literals: readonly ExactLiteral[];
  /** Where there are more levels of nesting than allowed. */
  readonly tooDeepAt: number | undefined;
  /** Whether a reserved key or a lone surrogate may be in it. */
  readonly suspicious: boolean;
}

export const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor']);

const QUOTE = 0x22;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;
const BACKSLASH = 0x5c;
/** The bit in which `[` and `{`, `]` and `}`, `E` and `e` differ. */
const CASE_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

const COLON = 0x3a;

/** It need not understand a text that is no JSON. */
export function scanJson(text: string, depthMax: number): Scan {
  const literals: ExactLiteral[] = [];
  const names = new Names(text);
  let depth = 0;
  let suspicious = mayHide(text);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = closingQuote(text, at + 1);
      suspicious ||= isReserved(text, at + 1, end);
      names.start = at + 1;
      names.end = end;
      at = end;
    } else if (startsNumber(code)) {
      const end = numberEnd(text, at);
      if (mayChange(text, at, end)) literals.push({ start: at, end, path: names.path(at, depth) });
      at = end - 1;
    } else if ((code | CASE_BIT) === OPENING) {
      if (++depth > depthMax) return { literals, tooDeepAt: at, suspicious };
      if (depth === 2) names.open(at);
    } else if ((code | CASE_BIT) === CLOSING) depth--;
  }
  return { literals, tooDeepAt: undefined, suspicious };
}

/** The last string of the text so far, which is the name of what follows its colon. */
class Names {
  readonly #text: string;
  start = 0;
  end = 0;
  #parent: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** A value at the second level begins. */
  open(at: number): void {
    this.#parent = this.#nameOf(at);
  }

  path(at: number, depth: number): ExactLiteral['path'] {
    const key = this.#nameOf(at);
    if (key === undefined || depth > 2) return undefined;
    if (depth === 1) return [key];
    return this.#parent === undefined ? undefined : [this.#parent, key];
  }

  /** Only as Falco and all other programs write it, without space. */
  #nameOf(at: number): string | undefined {
    const isNamed = this.end + 2 === at && this.#text.charCodeAt(at - 1) === COLON;
    return isNamed ? this.#text.slice(this.start, this.end) : undefined;
  }
}

/** Escapes of what reserved keys are made of, `_` and letters, and of surrogates. */
const HIDING_ESCAPE = /\\u(?:005f|00[67]|d[89a-f])/i;

/** Whether an escape may hide a reserved key, or make a lone surrogate. */
function mayHide(text: string): boolean {
  return (text.includes('\\u') && HIDING_ESCAPE.test(text)) || !text.isWellFormed();
}

/** Index of the quote that ends the string whose first character is at `from`. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at !== -1 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at === -1 ? text.length : at;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

function isReserved(text: string, from: number, to: number): boolean {
  const length = to - from;
  return (length === 9 || length === 11) && RESERVED.has(text.slice(from, to));
}

function startsNumber(code: number): boolean {
  return code === MINUS || isDigit(code);
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function numberEnd(text: string, at: number): number {
  let end = at + 1;
  while (isNumberPart(text.charCodeAt(end))) end++;
  return end;
}

function isNumberPart(code: number): boolean {
  if (isDigit(code) || code === POINT || code === MINUS || code === PLUS) return true;
  return (code | CASE_BIT) === LOWER_E;
}

/** False for most numbers, without cutting them out: short integers are safe but for `-0`. */
function mayChange(text: string, at: number, end: number): boolean {
  if (end - at >= 16 || text.startsWith('-0', at)) return true;
  for (let i = at + 1; i < end; i++) if (!isDigit(text.charCodeAt(i))) return true;
  return false;
}
