import type { Random } from '../support/random.ts';

/** Changes an input in bytes, in words or in structure, so that most of it stays what it was. */

export interface Material {
  readonly seeds: readonly Buffer[];
  readonly words: readonly string[];
  /** What grows beyond this is cut: a round shall be cheap. */
  readonly bytesMax?: number;
}

const CHANGES_MAX = 5;
const BYTES_MAX = 128 * 1024;

type Change = (input: Buffer, random: Random, material: Material) => Buffer;

/** One of the seeds with a few changes. */
export function mutate(material: Material, random: Random): Buffer {
  let input = random.pick(material.seeds);
  const count = 1 + random.below(CHANGES_MAX);
  for (let n = 0; n < count; n += 1) input = random.pick(CHANGES)(input, random, material);
  return input.subarray(0, material.bytesMax ?? BYTES_MAX);
}

/** Bytes that end, begin or escape something somewhere, and some that are no UTF-8. */
const BYTES = Buffer.from([
  ...Buffer.from('\0\t\n\r "\'\\{}[]():,.;=<>&%$#@!|`-+/*?_~09aAeEzZ'),
  0x7f,
  0x80,
  0xbf,
  0xc0,
  0xe2,
  0xed,
  0xf0,
  0xfe,
  0xff,
]);

const NUMBERS = [
  '0',
  '-0',
  '1',
  '-1',
  '01',
  '1.0',
  '-0.0',
  '1e3',
  '1E-7',
  '1e999',
  '-1e-999',
  '0.1',
  '255',
  '65536',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '-9007199254740993',
  '9223372036854775808',
  '12345678901234567890123456789',
  '100000000000000000000000000000000000000000000000',
  '1.7976931348623159e308',
  '5e-324',
];

const TEXTS = [
  '',
  ' ',
  '\0',
  '\u0085',
  '\u2028',
  '\ufeff',
  'é',
  'e\u0301',
  '☃',
  '😀',
  '\\ud800',
  '\\u0000',
  '\\u005f_proto__',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'true',
  'NaN',
  'Infinity',
  '${env:HOME}',
  '{{ . }}',
  '%s%n',
  '../../etc/passwd',
  '<script>',
  '{"a":1}',
  '2026-02-30T24:00:60.999999999999Z',
  '0001-01-01T00:00:00Z',
  'Emergency',
  'a'.repeat(130),
  'é'.repeat(300),
  '9'.repeat(600),
  'x'.repeat(4097),
];

const TOKEN = /"(?:[^"\\]|\\.)*"|[\w.+-]+|\s+|[^\w\s]/gsu;

const CHANGES: readonly Change[] = [
  function flipBit(input, random) {
    if (input.length === 0) return input;
    const changed = Buffer.from(input);
    const at = random.below(input.length);
    changed[at] = changed[at]! ^ (1 << random.below(8));
    return changed;
  },
  function replaceByte(input, random) {
    if (input.length === 0) return input;
    const changed = Buffer.from(input);
    changed[random.below(input.length)] = BYTES[random.below(BYTES.length)]!;
    return changed;
  },
  function insertByte(input, random) {
    return spliced(input, random.below(input.length + 1), 0, oneOf(BYTES, random));
  },
  function remove(input, random) {
    return spliced(input, random.below(input.length + 1), 1 + random.below(16), '');
  },
  function cutShort(input, random) {
    return random.chance(0.7) ? input : input.subarray(0, random.below(input.length + 1));
  },
  function repeat(input, random) {
    const start = random.below(input.length + 1);
    const part = input.subarray(start, start + 1 + random.below(64));
    const times = random.chance(0.05) ? 1000 : 1 + random.below(4);
    return spliced(input, start, 0, Buffer.concat(Array.from({ length: times }, () => part)));
  },
  function move(input, random) {
    const start = random.below(input.length + 1);
    const part = input.subarray(start, start + 1 + random.below(128));
    return spliced(input, random.below(input.length + 1), 0, part);
  },
  function insertWord(input, random, { words }) {
    if (words.length === 0) return input;
    return spliced(input, random.below(input.length + 1), 0, random.pick(words));
  },
  function crossOver(input, random, { seeds }) {
    const other = random.pick(seeds);
    const end = input.subarray(0, random.below(input.length + 1));
    return Buffer.concat([end, other.subarray(random.below(other.length + 1))]);
  },
  function replaceToken(input, random, { words }) {
    return onTokens(input, random, (tokens, at) => {
      tokens[at] = replacementOf(tokens[at]!, random, words);
    });
  },
  function swapTokens(input, random) {
    return onTokens(input, random, (tokens, at) => {
      const other = random.below(tokens.length);
      [tokens[at], tokens[other]] = [tokens[other]!, tokens[at]!];
    });
  },
  function removeTokens(input, random) {
    return onTokens(input, random, (tokens, at) => tokens.splice(at, 1 + random.below(4)));
  },
  function repeatTokens(input, random) {
    return onTokens(input, random, (tokens, at) => {
      const part = tokens.slice(at, at + 1 + random.below(8));
      const times = random.chance(0.05) ? 600 : 1 + random.below(3);
      for (let n = 0; n < times; n += 1) tokens.splice(at, 0, ...part);
    });
  },
  function nest(input, random) {
    return onTokens(input, random, (tokens, at) => {
      const [open, close] = random.pick([
        '[]',
        '()',
        ['{"a":', '}'],
        ['{{if 1}}', '{{end}}'],
        '!;',
      ]);
      const levels = random.chance(0.1) ? 500 + random.below(20_000) : 1 + random.below(40);
      tokens[at] = open!.repeat(levels) + tokens[at] + close!.repeat(levels);
    });
  },
];

function oneOf(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length);
  return bytes.subarray(at, at + 1);
}

function spliced(input: Buffer, at: number, removed: number, added: string | Buffer): Buffer {
  return Buffer.concat([input.subarray(0, at), Buffer.from(added), input.subarray(at + removed)]);
}

/** Text is taken as bytes, one character each, so that what is no UTF-8 stays what it is. */
function onTokens(
  input: Buffer,
  random: Random,
  change: (tokens: string[], at: number) => void,
): Buffer {
  const tokens = input.toString('latin1').match(TOKEN);
  if (tokens === null) return input;
  change(tokens, random.below(tokens.length));
  return Buffer.from(tokens.join(''), 'latin1');
}

function replacementOf(token: string, random: Random, words: readonly string[]): string {
  const isText = token.startsWith('"') && random.chance(0.8);
  const text = random.chance(0.3) && words.length > 0 ? random.pick(words) : random.pick(TEXTS);
  if (isText) return `"${latin1(text)}"`;
  return random.chance(0.6) ? random.pick(NUMBERS) : latin1(text);
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
