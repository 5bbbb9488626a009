import { isAscii, isUtf8 } from 'node:buffer';
import { RESERVED } from '../json-scan.ts';
import { parseLossless } from '../json.ts';

/**
 * Falco's own form: members in Falco's order, fields sorted and flat, nothing written in a way of its
 * own. What is so can be kept as the bytes that came, without being parsed and written anew, which
 * is half of what taking an alert in costs.
 */
export class VerbatimDocument {
  /** Text, where the parts have been cut from it: it is in memory anyway. */
  readonly #whole: string | Buffer;
  readonly parts: VerbatimParts;

  constructor(whole: string | Buffer, parts: VerbatimParts) {
    this.#whole = whole;
    this.parts = parts;
  }

  /** For whoever needs it parsed after all. */
  parsed(): unknown {
    return parseLossless(this.#whole.toString());
  }
}

export interface VerbatimParts {
  /** These have no escapes in them. */
  readonly hostname: string;
  readonly priority: string;
  readonly rule: string;
  readonly source: string;
  readonly time: string;
  /** JSON as our own writer would write it, but for what Go escapes. */
  readonly outputJson: string;
  readonly fieldsJson: string;
  /** Empty: there is no list. */
  readonly tagsJson: string;
  /** Whether there may be characters that Go's `encoding/json` escapes and Falco does not. */
  readonly hasGoEscaped: boolean;
}

/**
 * Takes a document apart where it stands, if it is in Falco's own form. Undefined: it is not, or no
 * JSON at all, or beyond a limit; `parseLossless` and the normaliser then say what it is. For what is
 * taken, both ways come to the same alert, to the byte.
 */
export function readVerbatim(bytes: Buffer): VerbatimDocument | undefined {
  const scan = new Scan(bytes);
  scan.skip(HOSTNAME);
  const hostname = scan.plainText();
  scan.skip(OUTPUT);
  const outputJson = scan.textJson(OUTPUT_BYTES_MAX);
  scan.skip(FIELDS);
  const fieldsJson = scan.fieldsJson();
  scan.skip(PRIORITY);
  const priority = scan.plainText();
  scan.skip(RULE);
  const rule = scan.plainText();
  scan.skip(SOURCE);
  const source = scan.plainText();
  const tagsJson = scan.isAt(TAGS) ? scan.listJson() : '';
  scan.skip(TIME);
  const time = scan.plainText();
  if (!scan.endsWith(CLOSING_BRACE) || !scan.isText()) return undefined;
  const { hasGoEscaped } = scan;
  const texts = { hostname, priority, rule, source, time, outputJson, fieldsJson, tagsJson };
  return new VerbatimDocument(scan.text ?? bytes, { ...texts, hasGoEscaped });
}

const HOSTNAME = Buffer.from('{"hostname":');
const OUTPUT = Buffer.from(',"output":');
const FIELDS = Buffer.from(',"output_fields":');
const PRIORITY = Buffer.from(',"priority":');
const RULE = Buffer.from(',"rule":');
const SOURCE = Buffer.from(',"source":');
const TAGS = Buffer.from(',"tags":');
const TIME = Buffer.from(',"time":');

/** Within the normaliser's limits in characters, since no character is less than a byte. */
const OUTPUT_BYTES_MAX = 16 * 1024;
const VALUE_BYTES_MAX = 4096;
const KEY_BYTES_MAX = 128;
const FIELDS_MAX = 512;
const DIGITS_MAX = 40;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

const PLAIN = 0;
const GO_ESCAPED = 1;
const SPECIAL = 2;

/** What a byte means within a string. `0xe2` begins U+2028 and U+2029, which Go escapes. */
const KINDS = new Uint8Array(0x100);
KINDS.fill(SPECIAL, 0, 0x20);
for (const byte of Buffer.from('"\\')) KINDS[byte] = SPECIAL;
for (const byte of [...Buffer.from('<>&'), 0xe2]) KINDS[byte] = GO_ESCAPED;

/** Escapes that every writer writes so; `\/` and `\u…` are a matter of taste. */
const COMMON_ESCAPES = new Set(Buffer.from('"\\bfnrt'));

const LITERALS = ['true', 'false', 'null'].map((text) => Buffer.from(text));

/** A place in the bytes; once something is not as expected, it is beyond their end and stays there. */
class Scan {
  hasGoEscaped = false;
  /** All of it, where each byte is a character: decoded once, and cut at little cost. */
  readonly text: string | undefined;
  readonly #bytes: Buffer;
  #at = 0;
  #hasEscapes = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.text = isAscii(bytes) ? bytes.toString('latin1') : undefined;
  }

  isText(): boolean {
    return this.text !== undefined || isUtf8(this.#bytes);
  }

  /** Goes past exactly this. */
  skip(expected: Uint8Array): void {
    if (!this.isAt(expected)) this.#fail();
  }

  /** Goes past it, if it is there. */
  isAt(expected: Uint8Array): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    for (let i = 0; i < expected.length; i += 1) if (bytes[at + i] !== expected[i]) return false;
    this.#at = at + expected.length;
    return true;
  }

  /** A string without escapes: what is between the quotes. */
  plainText(): string {
    const start = this.#at + 1;
    this.#skipString();
    if (this.#hasEscapes) this.#fail();
    return this.#slice(start, this.#at - 1);
  }

  /** A string with its quotes. */
  textJson(bytesMax: number): string {
    const start = this.#at;
    this.#skipString();
    if (this.#at - start > bytesMax || this.#bytes[start + 1] === OPENING_BRACE) this.#fail();
    return this.#slice(start, this.#at);
  }

  /** A list of strings. */
  listJson(): string {
    const start = this.#at;
    this.#skipList();
    return this.#slice(start, this.#at);
  }

  /** An object of scalars and lists of strings by names in order, each once. */
  fieldsJson(): string {
    const bytes = this.#bytes;
    const start = this.#at;
    if (bytes[start] !== OPENING_BRACE) this.#fail();
    let previous = 0;
    let count = 0;
    do {
      const key = this.#at + 1;
      this.#at = key;
      this.#skipKey(previous);
      previous = key;
      this.#skipValue();
      count += 1;
    } while (bytes[this.#at] === COMMA && count < FIELDS_MAX);
    if (bytes[this.#at] !== CLOSING_BRACE) this.#fail();
    this.#at += 1;
    return this.#slice(start, this.#at);
  }

  endsWith(last: number): boolean {
    return this.#at === this.#bytes.length - 1 && this.#bytes[this.#at] === last;
  }

  #fail(): void {
    this.#at = this.#bytes.length + 1;
  }

  #slice(start: number, end: number): string {
    if (end > this.#bytes.length) return '';
    return this.text?.slice(start, end) ?? this.#bytes.toString('utf8', start, end);
  }

  #skipString(): void {
    const bytes = this.#bytes;
    const { length } = bytes;
    let at = this.#at;
    this.#hasEscapes = false;
    if (bytes[at] !== QUOTE) return this.#fail();
    for (at += 1; at < length; at += 1) {
      const byte = bytes[at]!;
      const kind = KINDS[byte];
      if (kind === PLAIN) continue;
      if (kind === GO_ESCAPED) {
        this.hasGoEscaped = true;
      } else if (byte === QUOTE) {
        this.#at = at + 1;
        return;
      } else {
        at += 1;
        if (byte !== BACKSLASH || !COMMON_ESCAPES.has(bytes[at]!)) break;
        this.#hasEscapes = true;
      }
    }
    this.#fail();
  }

  /** A name and its colon. What begins like a number JavaScript would put in another place. */
  #skipKey(previous: number): void {
    const bytes = this.#bytes;
    const start = this.#at;
    this.#skipString();
    const length = this.#at - start;
    const isOrdered = previous === 0 || this.#isBehind(previous, start);
    if (!isOrdered || this.#hasEscapes || length > KEY_BYTES_MAX || bytes[this.#at] !== COLON) {
      return this.#fail();
    }
    if (isDigit(bytes[start + 1]) || this.#isReserved(start + 1, this.#at - 1)) return this.#fail();
    this.#at += 1;
  }

  /** Whether one name comes after the other in the order of bytes; both begin at their quotes. */
  #isBehind(one: number, other: number): boolean {
    const bytes = this.#bytes;
    for (let i = 1; ; i += 1) {
      const of = bytes[one + i];
      const byte = bytes[other + i];
      // A quote ends a name, though a space and an exclamation mark come before it.
      if (of === QUOTE) return byte !== QUOTE;
      if (byte === QUOTE || byte === undefined || of === undefined) return false;
      if (of !== byte) return of < byte;
    }
  }

  #isReserved(start: number, end: number): boolean {
    const length = end - start;
    return (length === 9 || length === 11) && RESERVED.has(this.#slice(start, end));
  }

  #skipValue(): void {
    const start = this.#at;
    const byte = this.#bytes[start];
    if (byte === QUOTE) this.#skipString();
    else if (byte === OPENING_BRACKET) this.#skipList();
    else if (byte === MINUS || isDigit(byte)) this.#skipInteger();
    else if (!LITERALS.some((literal) => this.isAt(literal))) this.#fail();
    if (this.#at - start > VALUE_BYTES_MAX) this.#fail();
  }

  #skipList(): void {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== OPENING_BRACKET) this.#fail();
    this.#at += 1;
    if (bytes[this.#at] !== CLOSING_BRACKET) {
      this.#skipString();
      while (bytes[this.#at] === COMMA) {
        this.#at += 1;
        this.#skipString();
      }
    }
    if (bytes[this.#at] !== CLOSING_BRACKET) this.#fail();
    else this.#at += 1;
  }

  /** `-0` is left to those who know how to keep it. */
  #skipInteger(): void {
    const bytes = this.#bytes;
    const first = bytes[this.#at] === MINUS ? this.#at + 1 : this.#at;
    let at = first;
    while (isDigit(bytes[at])) at += 1;
    const length = at - first;
    const isPlainZero = length === 1 && first === this.#at;
    const leads = bytes[first] === ZERO && !isPlainZero;
    if (length === 0 || length > DIGITS_MAX || leads) this.#fail();
    else this.#at = at;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
