import { goFloat, type GoFloat } from './value.ts';

/**
 * Go's literals (The Go Programming Language Specification, "Lexical elements"), as
 * `text/template` reads them. Each function returns undefined for what is no such literal.
 */
export function parseNumber(text: string): bigint | GoFloat | undefined {
  const { sign, base, digits } = numberParts(text);
  if (digits !== undefined) {
    const value = sign * digitsValue(digits.replaceAll('_', ''), base);
    return BigInt.asIntN(64, value) === value ? value : undefined;
  }
  if (!FLOAT.test(text)) {
    return undefined;
  }
  const value = Number(text.replaceAll('_', ''));
  return Number.isFinite(value) ? goFloat(value) : undefined;
}

/** Underscores stand between digits only; a prefix counts as a digit. */
const INTEGERS: readonly (readonly [base: number, pattern: RegExp])[] = [
  [16, /^0[xX]((?:_?[0-9a-fA-F])+)$/],
  [2, /^0[bB]((?:_?[01])+)$/],
  [8, /^0[oO]?((?:_?[0-7])+)$/],
  [10, /^(0|[1-9](?:_?[0-9])*)$/],
];

/** With a point or an exponent: other digits are an integer, or out of its range. */
const DIGITS = '[0-9](?:_?[0-9])*';
const EXPONENT = `[eE][+-]?${DIGITS}`;
const POINT = `(?:${DIGITS}\\.(?:${DIGITS})?|\\.${DIGITS})`;
const FLOAT = new RegExp(`^[+-]?(?:${POINT}(?:${EXPONENT})?|${DIGITS}${EXPONENT})$`);

function numberParts(text: string): { sign: bigint; base: number; digits?: string } {
  const signed = /^[+-]/.test(text);
  for (const [base, pattern] of INTEGERS) {
    const digits = pattern.exec(signed ? text.slice(1) : text)?.[1];
    if (digits !== undefined) {
      return { sign: text.startsWith('-') ? -1n : 1n, base, digits };
    }
  }
  return { sign: 1n, base: 10 };
}

/** More digits than any 64-bit number has are not worth reading: the result is out of range. */
function digitsValue(digits: string, base: number): bigint {
  const significant = digits.replace(/^0+/, '');
  if (significant.length > 64) {
    return 2n ** 64n;
  }
  return BigInt(`${PREFIXES[base] ?? ''}${significant || '0'}`);
}

const PREFIXES: Readonly<Record<number, string>> = { 2: '0b', 8: '0o', 16: '0x' };

/** `"…"` with its escapes resolved. `\xe4\xb8\x96` are bytes, which together make a character. */
export function unquote(text: string): string | undefined {
  const bytes: Buffer[] = [];
  const end = text.length - 1;
  for (let at = 1; at < end; ) {
    const backslash = text.indexOf('\\', at);
    const plainEnd = backslash < 0 ? end : backslash;
    bytes.push(Buffer.from(text.slice(at, plainEnd)));
    at = plainEnd;
    if (at < end) {
      const escape = readEscape(text, at, '"');
      if (escape === undefined) {
        return undefined;
      }
      bytes.push(escape.isByte ? Buffer.of(escape.value) : Buffer.from(codePoint(escape.value)));
      at += escape.length;
    }
  }
  return Buffer.concat(bytes).toString();
}

/** A raw string: as it stands, but without carriage returns. */
export function unquoteRaw(text: string): string {
  return text.slice(1, -1).replaceAll('\r', '');
}

/** `'x'`: the number of the character. */
export function parseChar(text: string): bigint | undefined {
  const inside = text.slice(1, -1);
  if (inside.startsWith('\\')) {
    const escape = readEscape(text, 1, "'");
    return escape?.length === inside.length ? BigInt(escape.value) : undefined;
  }
  const value = inside.codePointAt(0);
  return value !== undefined && codePoint(value) === inside ? BigInt(value) : undefined;
}

interface Escape {
  readonly value: number;
  /** Written as a byte (`\xff`, `\377`), not as a character. */
  readonly isByte: boolean;
  readonly length: number;
}

const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '\\': 92,
};

function readEscape(text: string, at: number, quote: string): Escape | undefined {
  const letter = text.charAt(at + 1);
  const simple = letter === quote ? quote.charCodeAt(0) : SIMPLE[letter];
  return simple === undefined
    ? (readByte(text, at) ?? readCharacter(text, at))
    : { value: simple, isByte: false, length: 2 };
}

const BYTE = /\\(?:x([0-9a-fA-F]{2})|([0-7]{3}))/y;
const CHARACTER = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y;

function readByte(text: string, at: number): Escape | undefined {
  BYTE.lastIndex = at;
  const [whole = '', hex, octal = ''] = BYTE.exec(text) ?? [];
  const value = hex === undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex, 16);
  return value <= 0xff ? { value, isByte: true, length: whole.length } : undefined;
}

function readCharacter(text: string, at: number): Escape | undefined {
  CHARACTER.lastIndex = at;
  const [whole = '', short, long = ''] = CHARACTER.exec(text) ?? [];
  const value = Number.parseInt(short ?? long, 16);
  return isCharacter(value) ? { value, isByte: false, length: whole.length } : undefined;
}

function isCharacter(value: number): boolean {
  return value <= 0x10_ffff && (value < 0xd800 || value > 0xdfff);
}

function codePoint(value: number): string {
  return String.fromCodePoint(value);
}
