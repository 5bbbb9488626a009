import type { SidekickKey } from './keys.ts';

/**
 * Falcosidekick reads its values weakly: `"0x10"` is a number, `1` is true. These are the rules of
 * viper 1.19 with mapstructure, so that a value means here what it meant there.
 */
export type SidekickValue =
  | string
  | boolean
  | number
  | readonly string[]
  | Readonly<Record<string, string>>;

/** The value a key gets, or undefined where Falcosidekick says "Error unmarshalling config". */
export function coerce(type: SidekickKey['type'], value: unknown): SidekickValue | undefined {
  return coercions[type](value);
}

/** What Falcosidekick goes on with after an error, and for keys nobody set. */
export function zeroOf(type: SidekickKey['type']): SidekickValue {
  return { string: '', bool: false, int: 0, list: [], map: {}, duration: 0 }[type];
}

const coercions: Readonly<
  Record<SidekickKey['type'], (value: unknown) => SidekickValue | undefined>
> = {
  string: toText,
  bool: toBool,
  int: toInt,
  duration: toNanoseconds,
  list: toList,
  map: () => undefined,
};

/** Texts from numbers; `true` becomes "1", as mapstructure has it. */
export function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  return undefined;
}

/** Go's strconv.ParseBool for texts; a number is true unless it is 0. */
function toBool(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (value === '' || ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value as string)) {
    return false;
  }
  return ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value as string) ? true : undefined;
}

function toInt(value: unknown): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : undefined;
  return typeof value === 'string' ? parseGoInt(value) : undefined;
}

/** Go's strconv.ParseInt with base 0: 0x, 0o, 0b and a leading 0 count. Empty is 0, by viper. */
function parseGoInt(text: string): number | undefined {
  if (text === '') return 0;
  const match = /^([+-]?)(?:(0[xX][\da-fA-F]+|0[bB][01]+|0|[1-9]\d*)|0[oO]?([0-7]+))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, plain, octal] = match;
  const size = octal === undefined ? Number(plain) : Number.parseInt(octal, 8);
  if (!Number.isSafeInteger(size)) return undefined;
  return sign === '-' ? -size : size;
}

const NANOSECONDS_PER: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  // As Go takes it: with the micro sign, and with the Greek letter.
  '\u00b5s': 1e3,
  '\u03bcs': 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Go's time.ParseDuration for texts; a bare number counts nanoseconds. */
function toNanoseconds(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value !== 'string') return undefined;
  if (value === '0') return 0;
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)$/.exec(value);
  if (match === null) return undefined;
  let total = 0;
  for (const [, count, unit] of (match[2] ?? '').matchAll(/([\d.]+)([a-z\u00b5\u03bc]+)/g)) {
    total += Number(count) * (NANOSECONDS_PER[unit ?? ''] ?? 0);
  }
  return Math.trunc(match[1] === '-' ? -total : total);
}

/** A text is split at commas, untrimmed. */
function toList(value: unknown): readonly string[] | undefined {
  if (value === '') return [];
  if (typeof value === 'string') return value.split(',');
  const items = (Array.isArray(value) ? value : [value]).map(toText);
  return items.every((item) => item !== undefined) ? items : undefined;
}
