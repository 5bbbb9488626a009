import { isEqual, order } from './compare.ts';
import { indexValue, lengthOf, sliceValue } from './container-functions.ts';
import type { Env, TemplateFunction } from './env.ts';
import { shown } from './errors.ts';
import { escapeHtml, escapeJs, escapeUrlQuery } from './escape.ts';
import { sprint, sprintf, sprintln } from './format.ts';
import { bounded } from './limits.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';
import { isTrue, textOf } from './value.ts';

const ANY = Number.POSITIVE_INFINITY;

/** Go's functions. `and` and `or` are evaluated lazily, elsewhere; here is how many they take. */
const GO_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  and: { min: 1, max: ANY, call: (_env, args) => args.at(-1) },
  or: { min: 1, max: ANY, call: (_env, args) => args.at(-1) },
  not: { min: 1, max: 1, call: (_env, [value]) => !isTrue(value) },
  eq: { min: 2, max: ANY, call: (_env, [value, ...others]) => equalsAny(value, others) },
  ne: { min: 2, max: 2, call: (_env, [a, b]) => !isEqual(a, b) },
  lt: comparison((difference) => difference < 0),
  le: comparison((difference) => difference <= 0),
  gt: comparison((difference) => difference > 0),
  ge: comparison((difference) => difference >= 0),
  index: { min: 1, max: ANY, call: (_env, [item, ...indexes]) => indexValue(item, indexes) },
  slice: {
    min: 1,
    max: 4,
    call: ({ budget }, [item, ...indexes]) => bounded(budget, sliceValue(item, indexes)),
  },
  len: { min: 1, max: 1, call: (_env, [item]) => lengthOf(item) },
  print: { min: 0, max: ANY, call: ({ budget }, args) => sprint(budget, args) },
  println: { min: 0, max: ANY, call: ({ budget }, args) => sprintln(budget, args) },
  printf: {
    min: 1,
    max: ANY,
    call: ({ budget }, [format, ...args]) => sprintf(budget, textOf(format), args),
  },
  html: escaper(escapeHtml),
  js: escaper(escapeJs),
  urlquery: escaper(escapeUrlQuery),
};

/** Stops at the first that is equal, so that a later one of another type is no error. */
function equalsAny(value: unknown, others: readonly unknown[]): boolean {
  return others.some((other) => isEqual(value, other));
}

function comparison(holds: (difference: number) => boolean): TemplateFunction {
  return {
    min: 2,
    max: 2,
    call(_env, [a, b]) {
      const difference = order(a, b);
      return difference !== undefined && holds(difference);
    },
  };
}

function escaper(escape: (text: string) => string): TemplateFunction {
  return {
    min: 0,
    max: ANY,
    call({ budget }, args) {
      const values = args.map((arg) => arg ?? NO_VALUE);
      return bounded(budget, escape(sprint(budget, values)));
    },
  };
}

/** What a value that is not there prints as. */
export const NO_VALUE = '<no value>';

const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map([
  ...Object.entries(GO_FUNCTIONS),
  ...Object.entries(TEXT_FUNCTIONS),
]);

/** The names a template may use, for the documentation's test. */
export const FUNCTION_NAMES: readonly string[] = [...FUNCTIONS.keys()].sort();

/** Calls a function that the parser has let through. */
export function callFunction(env: Env, name: string, args: readonly unknown[]): unknown {
  chargeArguments(env, args);
  return FUNCTIONS.get(name)?.call(env, args);
}

/** Long texts and lists cost more to look at. */
export function chargeArguments({ budget }: Env, args: readonly unknown[]): void {
  for (const arg of args) {
    budget.charge(0, typeof arg === 'string' || Array.isArray(arg) ? arg.length : 0);
  }
}

/** Why a name is no function; undefined when it is one. */
export function unknownFunction(name: string): string | undefined {
  if (name === 'call') {
    return '"call" is not supported: the data of a template holds no functions; remove it';
  }
  return FUNCTIONS.has(name)
    ? undefined
    : `there is no function ${shown(name)}; there are ${FUNCTION_NAMES.join(', ')}`;
}

/** Why a function cannot be called with so many arguments; undefined when it can. */
export function arityProblem(name: string, given: number): string | undefined {
  const { min, max } = FUNCTIONS.get(name) ?? { min: 0, max: ANY };
  if (given >= min && given <= max) {
    return undefined;
  }
  return `wrong number of arguments for ${name}: it takes ${arityText(min, max)}, not ${given}`;
}

function arityText(min: number, max: number): string {
  if (max === ANY) {
    return `${min} or more`;
  }
  return min === max ? String(min) : `${min} to ${max}`;
}
