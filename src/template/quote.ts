/**
 * Quoting as Go's `strconv.Quote` does it: what can be printed stays, the rest becomes an escape.
 */
export function quote(text: string, isAscii: boolean): string {
  return `"${escapeAll(text, '"', isAscii)}"`;
}

/** A number as the character it stands for: `'x'`. */
export function quoteChar(character: string, isAscii: boolean): string {
  return `'${escapeAll(character, "'", isAscii)}'`;
}

/** Whether backquotes can hold the text: one line, no backquote, nothing invisible but tabs. */
export function canBackquote(text: string): boolean {
  return !/[^\t -\u{10ffff}]|[`\u007f\ufeff\p{Cs}]/u.test(text);
}

/** Letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(character: string): boolean {
  return PRINTABLE.test(character);
}

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function escapeAll(text: string, delimiter: string, isAscii: boolean): string {
  let escaped = '';
  for (const character of text.toWellFormed()) {
    escaped += escape(character, delimiter, isAscii);
  }
  return escaped;
}

function escape(character: string, delimiter: string, isAscii: boolean): string {
  if (character === delimiter || character === '\\') {
    return `\\${character}`;
  }
  const code = character.codePointAt(0) ?? 0;
  if (isPrintable(character) && (code < 0x80 || !isAscii)) {
    return character;
  }
  return SHORT[character] ?? numericEscape(code);
}

function numericEscape(code: number): string {
  if (code < 0x20 || code === 0x7f) {
    return `\\x${hex(code, 2)}`;
  }
  return code < 0x1_0000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

const SHORT: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}
