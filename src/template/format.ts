import type { Directive } from './format-number.ts';
import { formatArgument, PLAIN, type Target } from './format-value.ts';
import { type Budget, createWriter } from './limits.ts';
import { integerOf, kindOf, typeName } from './value.ts';

/** Go's `fmt.Sprintf`, with its way of writing mistakes into the text: `%!d(string=x)`. */
export function sprintf(budget: Budget, format: string, args: readonly unknown[]): string {
  const writer = createWriter(budget);
  const scan: Scan = { format, at: 0, args, argument: 0, isIndexed: false };
  const target: Target = { writer, budget };
  while (scan.at < format.length) {
    const percent = format.indexOf('%', scan.at);
    const end = percent < 0 ? format.length : percent;
    writer.write(format.slice(scan.at, end));
    scan.at = end + 1;
    if (percent >= 0) {
      budget.charge(1);
      printDirective(target, scan);
    }
  }
  printExtra(target, scan);
  return writer.text();
}

/** Go's `fmt.Sprint`: a space between two operands when neither is text. */
export function sprint(budget: Budget, args: readonly unknown[]): string {
  const writer = createWriter(budget);
  args.forEach((arg, index) => {
    const isSpaced = index > 0 && kindOf(arg) !== 'string' && kindOf(args[index - 1]) !== 'string';
    writer.write(isSpaced ? ' ' : '');
    formatArgument({ writer, budget }, PLAIN, arg);
  });
  return writer.text();
}

/** Go's `fmt.Sprintln`: a space between any two operands, and a line feed. */
export function sprintln(budget: Budget, args: readonly unknown[]): string {
  const writer = createWriter(budget);
  args.forEach((arg, index) => {
    writer.write(index > 0 ? ' ' : '');
    formatArgument({ writer, budget }, PLAIN, arg);
  });
  writer.write('\n');
  return writer.text();
}

interface Scan {
  readonly format: string;
  at: number;
  readonly args: readonly unknown[];
  /** The next argument to print. */
  argument: number;
  /** Some directive chose its argument (`%[2]d`), so unused ones are no mistake. */
  isIndexed: boolean;
}

/** What is read of one directive; the flags are known when the verb is. */
interface Parts {
  readonly flags: string;
  isMinus: boolean;
  isZero: boolean;
  width: number | undefined;
  precision: number | undefined;
  /** An index was just read: a number behind it is a mistake. */
  afterIndex: boolean;
  isIndexGood: boolean;
}

function printDirective(target: Target, scan: Scan): void {
  const parts = readFlags(scan);
  readIndex(scan, parts);
  readWidth(target, scan, parts);
  readPrecision(target, scan, parts);
  if (!parts.afterIndex) {
    readIndex(scan, parts);
  }
  const verb = String.fromCodePoint(scan.format.codePointAt(scan.at) ?? 0);
  if (scan.at >= scan.format.length) {
    target.writer.write('%!(NOVERB)');
    return;
  }
  scan.at += verb.length;
  if (verb === '%') {
    target.writer.write('%');
  } else if (!parts.isIndexGood) {
    target.writer.write(`%!${verb}(BADINDEX)`);
  } else if (scan.argument >= scan.args.length) {
    target.writer.write(`%!${verb}(MISSING)`);
  } else {
    formatArgument(target, directiveOf(verb, parts), scan.args[scan.argument]);
    scan.argument += 1;
  }
}

function directiveOf(verb: string, parts: Parts): Directive {
  const { flags, isMinus, isZero, width, precision } = parts;
  const isValue = verb === 'v';
  return {
    verb,
    plus: flags.includes('+') && !isValue,
    minus: isMinus,
    sharp: flags.includes('#') && !isValue,
    space: flags.includes(' '),
    zero: isZero,
    named: flags.includes('+') && isValue,
    goSyntax: flags.includes('#') && isValue,
    ...(width === undefined ? {} : { width }),
    ...(precision === undefined ? {} : { precision }),
  };
}

function readFlags(scan: Scan): Parts {
  const flags = take(scan, /[-+# 0]*/y);
  return {
    flags,
    isMinus: flags.includes('-'),
    isZero: flags.includes('0'),
    width: undefined,
    precision: undefined,
    afterIndex: false,
    isIndexGood: true,
  };
}

function readWidth({ writer }: Target, scan: Scan, parts: Parts): void {
  if (take(scan, /\*/y) === '') {
    parts.width = readNumber(scan);
    if (parts.afterIndex && parts.width !== undefined) {
      parts.isIndexGood = false;
    }
    return;
  }
  const width = takeNumberArgument(scan);
  if (width === undefined) {
    writer.write('%!(BADWIDTH)');
  } else {
    parts.isMinus ||= width < 0;
    parts.isZero &&= width >= 0;
    parts.width = Math.abs(width);
  }
  parts.afterIndex = false;
}

function readPrecision({ writer }: Target, scan: Scan, parts: Parts): void {
  // A dot at the very end is the verb, and a mistake.
  if (take(scan, /\.(?=[^])/y) === '') {
    return;
  }
  parts.isIndexGood &&= !parts.afterIndex;
  readIndex(scan, parts);
  if (take(scan, /\*/y) === '') {
    parts.precision = readNumber(scan) ?? 0;
    return;
  }
  const precision = takeNumberArgument(scan);
  if (precision === undefined || precision < 0) {
    writer.write('%!(BADPREC)');
  } else {
    parts.precision = precision;
  }
  parts.afterIndex = false;
}

/** `[2]`: the next argument is the second. */
function readIndex(scan: Scan, parts: Parts): void {
  parts.afterIndex = false;
  if (scan.format.charAt(scan.at) !== '[') {
    return;
  }
  scan.isIndexed = true;
  const text = take(scan, /\[[^\]]{0,20}\]/y) || take(scan, /\[/y);
  const digits = /^\[(\d{1,7})\]$/.exec(text)?.[1];
  const index = Number(digits ?? 0) - 1;
  if (index >= 0 && index < scan.args.length) {
    scan.argument = index;
    parts.afterIndex = true;
  } else {
    parts.isIndexGood = false;
    parts.afterIndex = digits !== undefined;
  }
}

/** Above this, a `*` width or precision is a mistake. */
const NUMBER_MAX = 1_000_000;

function readNumber(scan: Scan): number | undefined {
  const digits = take(scan, /\d*/y);
  if (Number(digits) > NUMBER_MAX * 10) {
    // As in Go, nothing behind such a number is read: no verb will be found.
    scan.at = scan.format.length;
    return undefined;
  }
  return digits === '' ? undefined : Number(digits);
}

/** The argument that a `*` stands for; undefined when it is no sensible integer. */
function takeNumberArgument(scan: Scan): number | undefined {
  const integer = integerOf(scan.args[scan.argument]);
  scan.argument = Math.min(scan.argument + 1, scan.args.length);
  const isSensible = integer !== undefined && integer >= -NUMBER_MAX && integer <= NUMBER_MAX;
  return isSensible ? Number(integer) : undefined;
}

function printExtra(target: Target, { args, argument, isIndexed }: Scan): void {
  if (isIndexed || argument >= args.length) {
    return;
  }
  const { writer } = target;
  writer.write('%!(EXTRA ');
  args.slice(argument).forEach((arg, index) => {
    writer.write(index > 0 ? ', ' : '');
    writer.write(kindOf(arg) === 'nil' ? '' : `${typeName(arg)}=`);
    formatArgument(target, PLAIN, arg);
  });
  writer.write(')');
}

function take(scan: Scan, pattern: RegExp): string {
  pattern.lastIndex = scan.at;
  const text = pattern.exec(scan.format)?.[0] ?? '';
  scan.at += text.length;
  return text;
}
