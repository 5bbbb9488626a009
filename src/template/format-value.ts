import { type Directive, formatFloat, formatInteger, pad, padNumber } from './format-number.ts';
import { Failure } from './errors.ts';
import { type Budget, createWriter, type Writer } from './limits.ts';
import { canBackquote, isPrintable, quote, quoteChar } from './quote.ts';
import {
  integerOf,
  isStruct,
  isList,
  isMap,
  isNil,
  kindOf,
  numberOf,
  numberText,
  ownValue,
  sortedKeys,
  typeName,
} from './value.ts';

/** Where formatted values go, and what that costs. */
export interface Target {
  readonly writer: Writer;
  readonly budget: Budget;
}

/** One value by one directive, as Go's `fmt` prints it. */
export function formatArgument(target: Target, directive: Directive, value: unknown): void {
  if (directive.verb === 'T') {
    target.writer.write(pad(directive, typeName(value)));
  } else if (isNil(value)) {
    const isPlain = directive.verb === 'v';
    target.writer.write(isPlain ? pad(directive, '<nil>') : `%!${directive.verb}(<nil>)`);
  } else {
    formatValue(target, directive, value);
  }
}

/** `%v` without flags. */
export const PLAIN: Directive = {
  verb: 'v',
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  named: false,
  goSyntax: false,
};

/** How one value prints in an action: Go's `fmt.Sprint` of it. */
export function formatPlain(budget: Budget, value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const writer = createWriter(budget);
  formatArgument({ writer, budget }, PLAIN, value);
  return writer.text();
}

function formatValue(target: Target, directive: Directive, value: unknown): void {
  target.budget.charge(1);
  if (isNil(value)) {
    target.writer.write(directive.goSyntax ? 'interface {}(nil)' : '<nil>');
  } else if (isList(value)) {
    formatList(target, directive, value);
  } else if (isMap(value)) {
    formatMap(target, directive, value);
  } else {
    formatScalar(target, directive, value);
  }
}

function formatScalar(target: Target, directive: Directive, value: unknown): void {
  const text = scalarText(directive, value);
  if (text !== undefined) {
    target.writer.write(text);
  } else if (isStruct(value) && value.text === undefined) {
    formatStruct(target, directive, value.fields);
  } else {
    formatMismatch(target, directive, value);
  }
}

/** `%!d(string=x)`: the verb does not fit the type. */
function formatMismatch(target: Target, directive: Directive, value: unknown): void {
  const text = scalarText({ ...directive, verb: 'v' }, value);
  if (text === undefined) {
    throw new Failure('this value is no JSON and cannot be printed; take it out of the data');
  }
  target.writer.write(`%!${directive.verb}(${typeName(value)}=${text})`);
}

/** Undefined when the verb does not fit. */
function scalarText(directive: Directive, value: unknown): string | undefined {
  if (typeof value === 'string') {
    return formatText(directive, value);
  }
  if (typeof value === 'bigint') {
    return formatInt(directive, value);
  }
  if (typeof value === 'boolean') {
    return 'tv'.includes(directive.verb) ? pad(directive, String(value)) : undefined;
  }
  return taggedText(directive, value);
}

function taggedText(directive: Directive, value: unknown): string | undefined {
  if (isStruct(value) && value.text !== undefined) {
    const text = formatText(directive, value.text);
    return text ?? (value.number === undefined ? text : formatInt(directive, value.number));
  }
  const kind = kindOf(value);
  if (kind === 'number') {
    return formatDataNumber(directive, value);
  }
  return kind === 'float' ? formatFloat(directive, numberOf(value)) : undefined;
}

/** A number of the data is an int and a float where it can be, and else text, as `json.Number`. */
function formatDataNumber(directive: Directive, value: unknown): string | undefined {
  const { verb, precision } = directive;
  if (verb === 's' || verb === 'q') {
    return formatText(directive, numberText(value));
  }
  const integer = integerOf(value);
  if (integer !== undefined && INTEGER_VERBS.has(verb)) {
    return formatInt(directive, integer);
  }
  if (verb === 'v' && precision === undefined) {
    const text = numberText(value);
    return padNumber(directive, text.startsWith('-'), text.replace('-', ''));
  }
  return formatFloat(directive, numberOf(value));
}

const INTEGER_VERBS: ReadonlySet<string> = new Set('vdbcoOxXU');

function formatInt(directive: Directive, value: bigint): string | undefined {
  switch (directive.verb) {
    case 'c':
      return pad(directive, character(value));
    case 'q':
      return pad(directive, quoteChar(character(value), directive.plus));
    case 'U':
      return formatCodePoint(directive, value);
    default:
      return formatInteger(directive, value);
  }
}

function character(value: bigint): string {
  const isCharacter = value >= 0n && value <= 0x10_ffffn;
  return isCharacter ? String.fromCodePoint(Number(value)).toWellFormed() : '\ufffd';
}

/** `U+0041`, and with `#` the character behind it. */
function formatCodePoint(directive: Directive, value: bigint): string {
  const unsigned = BigInt.asUintN(64, value);
  const digits = unsigned.toString(16).toUpperCase();
  const number = `U+${digits.padStart(Math.max(directive.precision ?? 4, 4), '0')}`;
  const isShown = directive.sharp && unsigned <= 0x10_ffffn && isPrintable(character(unsigned));
  return pad(directive, isShown ? `${number} '${character(unsigned)}'` : number, true);
}

function formatText(directive: Directive, text: string): string | undefined {
  switch (directive.verb) {
    case 's':
      return pad(directive, truncated(directive, text));
    case 'v':
      return directive.goSyntax
        ? formatQuoted(directive, text)
        : pad(directive, truncated(directive, text));
    case 'q':
      return formatQuoted(directive, text);
    case 'x':
      return formatBytes(directive, text);
    case 'X':
      return formatBytes(directive, text).toUpperCase();
    default:
      return undefined;
  }
}

function formatQuoted(directive: Directive, text: string): string {
  const shown = truncated(directive, text);
  if (directive.sharp && canBackquote(shown)) {
    return pad(directive, `\`${shown}\``);
  }
  return pad(directive, quote(shown, directive.plus));
}

/** The precision of a text counts characters. */
function truncated({ precision }: Directive, text: string): string {
  if (precision === undefined || text.length <= precision) {
    return text;
  }
  let end = 0;
  for (let left = precision; left > 0 && end < text.length; left -= 1) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

/** `%x` of a text: its bytes; here the precision counts them. */
function formatBytes(directive: Directive, text: string): string {
  const { space, sharp, precision } = directive;
  const bytes = Buffer.from(text).subarray(0, precision);
  const prefix = sharp && bytes.length > 0 ? '0x' : '';
  const digits = space
    ? Array.from(bytes, (byte) => prefix + byte.toString(16).padStart(2, '0')).join(' ')
    : prefix + bytes.toString('hex');
  return pad(directive, digits);
}

interface Brackets {
  readonly open: string;
  readonly close: string;
  readonly between: string;
}

function formatList(target: Target, directive: Directive, list: readonly unknown[]): void {
  const brackets = directive.goSyntax
    ? { open: `${typeName(list)}{`, close: '}', between: ', ' }
    : { open: '[', close: ']', between: ' ' };
  formatEach(target, brackets, list, (item) => formatValue(target, directive, item));
}

function formatMap(target: Target, directive: Directive, map: object): void {
  const keys = sortedKeys(map);
  target.budget.charge(keys.length);
  const brackets = directive.goSyntax
    ? { open: `${typeName(map)}{`, close: '}', between: ', ' }
    : { open: 'map[', close: ']', between: ' ' };
  formatEach(target, brackets, keys, (key) => {
    formatValue(target, directive, key);
    target.writer.write(':');
    formatValue(target, directive, ownValue(map, key));
  });
}

/** `{a b}`, and with `+` or `#` the names of the fields too. */
function formatStruct(
  target: Target,
  directive: Directive,
  fields: ReadonlyMap<string, unknown>,
): void {
  const brackets = directive.goSyntax
    ? { open: 'struct{', close: '}', between: ', ' }
    : { open: '{', close: '}', between: ' ' };
  const named = directive.named || directive.goSyntax;
  formatEach(target, brackets, [...fields], ([name, value]) => {
    target.writer.write(named ? `${name}:` : '');
    formatValue(target, directive, value);
  });
}

function formatEach<Item>(
  { writer, budget }: Target,
  { open, close, between }: Brackets,
  items: readonly Item[],
  format: (item: Item) => void,
): void {
  budget.enter();
  writer.write(open);
  items.forEach((item, index) => {
    writer.write(index === 0 ? '' : between);
    format(item);
  });
  writer.write(close);
  budget.leave();
}
