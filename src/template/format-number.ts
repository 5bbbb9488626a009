/** How a value is to be printed: the parts of a directive such as `%-08.3f`. */
export interface Directive {
  readonly verb: string;
  readonly plus: boolean;
  readonly minus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  /** `%+v`: structs with the names of their fields. Then `plus` is false. */
  readonly named: boolean;
  /** `%#v`: as a Go program would write the value. Then `sharp` is false. */
  readonly goSyntax: boolean;
  readonly width?: number;
  readonly precision?: number;
}

/** Fills `text` up to the width, counted in characters, not in bytes. */
export function pad(directive: Directive, text: string, isNumber = false): string {
  const { width = 0, minus, zero } = directive;
  const missing = width - characterCount(text);
  if (missing <= 0) {
    return text;
  }
  if (minus) {
    return text + ' '.repeat(missing);
  }
  return (zero && !isNumber ? '0' : ' ').repeat(missing) + text;
}

function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
}

const BASES: Readonly<Record<string, 2 | 8 | 10 | 16>> = {
  b: 2,
  d: 10,
  o: 8,
  O: 8,
  v: 10,
  x: 16,
  X: 16,
};

/** `%d`, `%x`, `%o`, `%b` and their kin; undefined for a verb that is none of them. */
export function formatInteger(directive: Directive, value: bigint): string | undefined {
  const { verb, precision } = directive;
  const base = BASES[verb];
  if (base === undefined) {
    return undefined;
  }
  if (precision === 0 && value === 0n) {
    return pad(directive, '', true);
  }
  const sign = signOf(directive, value < 0n);
  const magnitude = (value < 0n ? -value : value).toString(base);
  const digits = magnitude.padStart(digitsMin(directive, sign), '0');
  const written = `${sign}${prefixOf(directive, base, digits)}${digits}`;
  return pad(directive, verb === 'X' ? written.toUpperCase() : written, true);
}

/** A precision asks for leading zeros, and so does `0` with a width unless there is a precision. */
function digitsMin({ precision, zero, minus, width }: Directive, sign: string): number {
  if (precision !== undefined) {
    return precision;
  }
  return zero && !minus && width !== undefined ? width - sign.length : 0;
}

function prefixOf({ verb, sharp }: Directive, base: number, digits: string): string {
  if (verb === 'O') {
    return '0o';
  }
  if (!sharp || base === 10) {
    return '';
  }
  if (base === 8) {
    return digits.startsWith('0') ? '' : '0';
  }
  return base === 2 ? '0b' : '0x';
}

function signOf({ plus, space }: Directive, isNegative: boolean): string {
  if (isNegative) {
    return '-';
  }
  if (plus) {
    return '+';
  }
  return space ? ' ' : '';
}

/** `%f`, `%e`, `%g` and their kin; undefined for a verb that is none of them. */
export function formatFloat(directive: Directive, value: number): string | undefined {
  const digits = floatDigits(directive, Math.abs(value));
  if (digits === undefined) {
    return undefined;
  }
  const isNegative = value < 0 || Object.is(value, -0);
  if (Number.isFinite(value)) {
    return padNumber(directive, isNegative, digits);
  }
  const sign = signOf({ ...directive, plus: true }, isNegative);
  return pad(directive, Number.isNaN(value) ? 'NaN' : `${sign}Inf`, true);
}

/** `digits` with their sign, which stands before the zeros of a width. */
export function padNumber(directive: Directive, isNegative: boolean, digits: string): string {
  const { width, zero, minus } = directive;
  const sign = signOf(directive, isNegative);
  return zero && !minus && width !== undefined
    ? sign + digits.padStart(width - sign.length, '0')
    : pad(directive, sign + digits, true);
}

function floatDigits(directive: Directive, value: number): string | undefined {
  const format = FLOAT_VERBS[directive.verb];
  if (format === undefined || !Number.isFinite(value)) {
    return format && '';
  }
  const digits = format(value, directive.precision);
  return directive.verb === 'E' || directive.verb === 'G' ? digits.toUpperCase() : digits;
}

type FloatFormat = (value: number, precision: number | undefined) => string;

const FLOAT_VERBS: Readonly<Record<string, FloatFormat>> = {
  f: (value, precision = 6) => fixed(value, precision),
  F: (value, precision = 6) => fixed(value, precision),
  e: exponential,
  E: exponential,
  g: general,
  G: general,
  v: general,
};

function exponential(value: number, precision = 6): string {
  return scientific(roundTo(value, precision + 1), precision);
}

/** 0.DIGITS × 10^point; no trailing zeros, so that zero has no digits at all. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** As Go's `strconv.FormatFloat(…, 'g', …)`: an exponent below 10^-4 and above the precision. */
function general(value: number, precision: number | undefined): string {
  const decimal =
    precision === undefined ? shortest(value) : roundTo(value, Math.max(precision, 1));
  const { digits, point } = decimal;
  const exponent = point - 1;
  const threshold =
    precision === undefined ? SHORTEST_THRESHOLD : generalThreshold(decimal, precision);
  if (exponent < -4 || exponent >= threshold) {
    return scientific(decimal, digits.length - 1);
  }
  return plain(decimal, Math.max(digits.length - point, 0));
}

/** Of the most digits before the point when the precision is "as many as needed". */
const SHORTEST_THRESHOLD = 6;

function generalThreshold({ digits, point }: Decimal, precision: number): number {
  const asked = Math.max(precision, 1);
  return asked > digits.length && digits.length >= point ? digits.length : asked;
}

function scientific({ digits, point }: Decimal, fractionDigits: number): string {
  const exponent = digits === '' ? 0 : point - 1;
  const fraction = digits.slice(1).padEnd(fractionDigits, '0');
  const mantissa = (digits.charAt(0) || '0') + (fraction === '' ? '' : `.${fraction}`);
  const sign = exponent < 0 ? '-' : '+';
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function plain({ digits, point }: Decimal, fractionDigits: number): string {
  const all = digits.padEnd(point, '0');
  const whole = point > 0 ? all.slice(0, point) : '0';
  const fraction = ('0'.repeat(Math.max(-point, 0)) + all.slice(Math.max(point, 0))).padEnd(
    fractionDigits,
    '0',
  );
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** The fewest digits that read back as the same number, which JavaScript finds too. */
function shortest(value: number): Decimal {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return trimmed(mantissa.replace('.', ''), Number(exponent) + 1);
}

/**
 * `count` digits of the exact value. Rounds half to even, as Go does; `toExponential` and
 * `toFixed` round half up.
 */
function roundTo(value: number, count: number): Decimal {
  if (value === 0) {
    return { digits: '', point: 0 };
  }
  const wanted = Math.min(count, DIGITS_MAX);
  // The shortest form of 9.9999999999999992e22 is 1e23: one place too far left.
  for (let point = shortest(value).point - 1; ; point += 1) {
    const digits = scaled(value, wanted - point).toString();
    if (digits.length <= wanted) {
      return trimmed(digits, point);
    }
  }
}

/** No double has more digits than this before they are all zeros. */
const DIGITS_MAX = 1100;

function fixed(value: number, fractionDigits: number): string {
  const places = Math.min(fractionDigits, DIGITS_MAX);
  const digits = scaled(value, places)
    .toString()
    .padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).padEnd(fractionDigits, '0');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

function trimmed(digits: string, point: number): Decimal {
  const kept = digits.replace(/0+$/, '');
  return { digits: kept, point: kept === '' ? 0 : point };
}

/** value × 10^places, rounded half to even. */
function scaled(value: number, places: number): bigint {
  const [bits = 0n] = new BigUint64Array(new Float64Array([value]).buffer);
  const biased = Number(bits >> 52n);
  const fraction = bits & (2n ** 52n - 1n);
  const mantissa = biased === 0 ? fraction : fraction | (2n ** 52n);
  const exponent = Math.max(biased, 1) - 1075;
  const numerator = mantissa * power(2n, exponent) * power(10n, places);
  const denominator = power(2n, -exponent) * power(10n, -places);
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const roundsUp = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return roundsUp ? quotient + 1n : quotient;
}

function power(base: bigint, exponent: number): bigint {
  return exponent > 0 ? base ** BigInt(exponent) : 1n;
}
