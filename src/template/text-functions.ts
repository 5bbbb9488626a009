import type { Env, TemplateFunction } from './env.ts';
import { Failure } from './errors.ts';
import { formatPlain } from './format-value.ts';
import { bounded, createWriter } from './limits.ts';
import { matches, replaceMatches } from './regex.ts';
import { toJson } from './to-json.ts';
import { integerOf, isTrue, kindOf, textOf, typeName } from './value.ts';

/**
 * What Alertmanager (`toUpper` to `reReplaceAll`) and Helm (`default` to `toJson`, from Sprig) add
 * to Go's functions and users miss most. Argument order and meaning are theirs.
 */
export const TEXT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  toUpper: onText(1, ([text]) => text.toUpperCase()),
  toLower: onText(1, ([text]) => text.toLowerCase()),
  title: onText(1, ([text]) => titleCase(text)),
  trimSpace: onText(1, ([text]) => text.trim()),
  join: { min: 2, max: 2, call: (env, [separator, list]) => join(env, separator, list) },
  match: onText(2, ([pattern, text], env) => matches(env, pattern, text)),
  reReplaceAll: onText(3, ([pattern, replacement, text], env) => {
    return replaceMatches(env, pattern, replacement, text);
  }),
  default: {
    min: 1,
    max: 2,
    call: (_env, [fallback, value]) => (isTrue(value) ? value : fallback),
  },
  trunc: {
    min: 2,
    max: 2,
    call: ({ budget }, [length, text]) => bounded(budget, truncate(length, textOf(text))),
  },
  contains: onText(2, ([part, text], env) => {
    chargeSearch(env, part, text);
    return text.includes(part);
  }),
  hasPrefix: onText(2, ([prefix, text]) => text.startsWith(prefix)),
  hasSuffix: onText(2, ([suffix, text]) => text.endsWith(suffix)),
  replace: onText(3, ([from, to, text], env) => replace(env, from, to, text)),
  toJson: { min: 1, max: 1, call: ({ budget }, [value]) => toJson(budget, value) },
};

type Texts = [string, string, string];

/** A function of so many texts. */
function onText(
  parameters: 1 | 2 | 3,
  call: (texts: Texts, env: Env) => unknown,
): TemplateFunction {
  return {
    min: parameters,
    max: parameters,
    call: (env, [a, b, c]) => bounded(env.budget, call([textOf(a), textOf(b), textOf(c)], env)),
  };
}

/** `it's a TEST` as `It's A Test`. */
function titleCase(text: string): string {
  return text.replaceAll(/\p{L}(?:[\p{L}\p{M}\p{N}_]|['’.:](?=\p{L}))*/gu, (word) => {
    const first = String.fromCodePoint(word.codePointAt(0) ?? 0);
    return first.toUpperCase() + word.slice(first.length).toLowerCase();
  });
}

function join(env: Env, separator: unknown, list: unknown): string {
  if (kindOf(list) === 'nil') {
    return '';
  }
  if (!Array.isArray(list)) {
    throw new Failure(`join takes a separator and a list, got ${typeName(list)}`);
  }
  const writer = createWriter(env.budget);
  list.forEach((item: unknown, index) => {
    env.budget.charge(1);
    writer.write(index === 0 ? '' : textOf(separator));
    writer.write(formatPlain(env.budget, item));
  });
  return writer.text();
}

/**
 * The first bytes of a text; for a negative length, the last. Sprig may leave half a character at
 * the cut, which no destination takes; here it is dropped.
 */
function truncate(length: unknown, text: string): string {
  const count = Number(integerOf(length) ?? Number.NaN);
  if (Number.isNaN(count)) {
    throw new Failure(`trunc takes a length and a text, got ${typeName(length)} as length`);
  }
  const bytes = Buffer.from(text);
  if (Math.abs(count) >= bytes.length) {
    return text;
  }
  let cut = count < 0 ? bytes.length + count : count;
  while (isInsideCharacter(bytes[cut])) {
    cut += count < 0 ? 1 : -1;
  }
  return (count < 0 ? bytes.subarray(cut) : bytes.subarray(0, cut)).toString();
}

function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}

/** All of them. With an empty `from`: before, between and after the characters, as in Go. */
function replace(env: Env, from: string, to: string, text: string): string {
  chargeSearch(env, from, text);
  const writer = createWriter(env.budget);
  const parts = from === '' ? ['', ...Array.from(text), ''] : text.split(from);
  env.budget.charge(Math.floor(parts.length / PARTS_PER_STEP));
  parts.forEach((part, index) => {
    writer.write(index === 0 ? part : to + part);
  });
  return writer.text();
}

const PARTS_PER_STEP = 8;

/** Searching a text in a text takes the product of their lengths at worst. */
function chargeSearch({ budget }: Env, part: string, text: string): void {
  budget.charge(Math.floor((part.length * text.length) / COMPARISONS_PER_STEP));
}

const COMPARISONS_PER_STEP = 1024;
