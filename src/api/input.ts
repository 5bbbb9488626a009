import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Route } from './routes.ts';

/**
 * What is wrong with a route's input, or undefined. The input of a GET comes as text: numbers in it
 * are made numbers, in place.
 */
export function inputProblem({ method, input }: Route, value: unknown): string | undefined {
  // Compiled once, at its first use: nobody may ever ask.
  const check: ValidateFunction = (method === 'GET' ? fromQuery : fromJson).compile(input);
  if (check(value)) return undefined;
  return (check.errors ?? []).map(sentenceOf).join('; ');
}

/** The offending key or the choices stand beside Ajv's own words. */
function sentenceOf({ instancePath, message, params }: ErrorObject): string {
  const where = instancePath.slice(1).replaceAll('/', '.') || 'the input';
  const { additionalProperty, allowedValues } = params as Record<string, unknown>;
  const what = additionalProperty ?? allowedValues;
  return `${where} ${message}${what === undefined ? '' : ` ${JSON.stringify(what)}`}`;
}

const fromJson = new Ajv({ strict: true });
const fromQuery = new Ajv({ strict: true, coerceTypes: true });
