import { PRIORITIES, priorityTitle } from '../../alert.ts';
import { JsonError, parseLossless } from '../../json.ts';
import { isObject } from '../normalise/members.ts';

/** `falco.outputs.response`, as `src/proto` reads it. */
export interface FalcoResponse {
  readonly time: { readonly seconds: string; readonly nanos: number } | null;
  readonly priority: string | number;
  readonly source_deprecated: string | number;
  readonly rule: string;
  readonly output: string;
  readonly output_fields: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly tags: readonly string[];
  readonly source: string;
}

/**
 * The document the normaliser takes. With `json_output: true` the output is the whole alert, with
 * types and digits that the other members have lost.
 */
export function documentOf(response: FalcoResponse): Readonly<Record<string, unknown>> {
  const { rule, output, hostname, tags } = response;
  const members = {
    rule,
    output,
    hostname,
    tags,
    priority: priorityOf(response.priority),
    time: timeOf(response.time),
    source: sourceOf(response),
    output_fields: fieldsOf(response.output_fields),
  };
  return { ...members, ...wholeAlert(output) };
}

/** Undefined: the output is a line. */
function wholeAlert(output: string): Readonly<Record<string, unknown>> | undefined {
  if (!output.startsWith('{')) return undefined;
  try {
    const parsed = parseLossless(output);
    return isObject(parsed) && isText(parsed['rule']) && isText(parsed['priority'])
      ? parsed
      : undefined;
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** A number that Falco does not have is refused with the alert's other mistakes. */
function priorityOf(priority: FalcoResponse['priority']): string | number {
  const known = PRIORITIES.find((one) => one.toUpperCase() === priority);
  return known === undefined ? priority : priorityTitle(known);
}

/** Seconds since 1970 with nine digits. Without any the receipt stands in. */
function timeOf(time: FalcoResponse['time']): unknown {
  if (time === null || !/^\d{1,11}$/.test(time.seconds)) return undefined;
  if (time.nanos < 0 || time.nanos > 999_999_999) return undefined;
  return JSON.rawJSON(`${BigInt(time.seconds)}.${String(time.nanos).padStart(9, '0')}`);
}

function sourceOf({ source, source_deprecated: number }: FalcoResponse): string | undefined {
  if (source !== '') return source;
  return typeof number === 'string' ? number.toLowerCase() : undefined;
}

const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor']);

function fieldsOf(fields: FalcoResponse['output_fields']): Record<string, string | null> {
  const entries = Object.entries(fields).filter(([key]) => !RESERVED.has(key));
  return Object.fromEntries(entries.map(([key, text]) => [key, text === '<NA>' ? null : text]));
}
