import { didYouMean } from '../../src/route/did-you-mean.ts';
import type { Finding } from '../problem.ts';
import { templateMistake } from './template.ts';

/** One of the choices of an `anyOf`. */
export interface Branch {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>;
  readonly anyOf?: readonly Branch[];
  readonly format?: string;
  readonly minimumMs?: number;
  readonly maximumMs?: number;
  readonly 'x-secret'?: boolean;
}

/** One error of Ajv's, as far as it is told. */
export interface Mistake {
  readonly params: Readonly<Record<string, unknown>>;
  readonly schema: Schema;
  readonly data: unknown;
  /** The value where it may be quoted, else undefined. */
  readonly shown: unknown;
}

export type Sentence = Omit<Finding, 'path' | 'at'> & {
  /** The key within the value that is wrong, where it is not the value itself. */
  readonly key?: string;
};

/** What is wrong, and what to do, in words. */
export function sentenceOf(keyword: string, mistake: Mistake): Sentence {
  return (sentences[keyword] ?? fallback)(mistake);
}

const sentences: Readonly<Record<string, (mistake: Mistake) => Sentence>> = {
  additionalProperties: ({ params, schema }) => {
    const key = String(params['additionalProperty']);
    const known = Object.keys(schema.properties ?? {});
    const begun = known.find((name) => key.startsWith(`${name}:`) || key.startsWith(`${name} `));
    if (begun !== undefined) {
      return { key: begun, code: 'unknown_key', message: 'a key ends with a colon and a space' };
    }
    return {
      key,
      code: 'unknown_key',
      message: 'there is no such key',
      ...hint(suggestion(key, known) ?? `known here: ${known.toSorted().join(', ')}`),
    };
  },
  required: ({ params, schema }) => {
    const key = String(params['missingProperty']);
    return {
      key,
      code: 'missing_key',
      message: 'this key is missing',
      ...hint(schema.properties?.[key]?.description),
    };
  },
  type: ({ schema, data }) => ({
    code: 'wrong_type',
    message: `must be ${typeNames(schema.type)}, not ${typeName(data)}`,
    ...hint(wantsQuotes(schema, data) ? 'write it in quotes' : undefined),
  }),
  enum: ({ params, shown }) => notAllowed(params['allowedValues'] as unknown[], [], shown),
  const: ({ params, shown }) => notAllowed([params['allowedValue']], [], shown),
  anyOf: ({ schema, shown }) => {
    const branches = schema.anyOf ?? [];
    const values = branches.flatMap((branch) => branch.enum ?? branch.const ?? []);
    const others = branches.filter((branch) => !('const' in branch || 'enum' in branch));
    return notAllowed(values, [...new Set(others.map(({ type }) => typeNames(type)))], shown);
  },
  format: ({ schema, data, shown }) => ({
    code: 'wrong_format',
    message: formatSentence(schema.format, data, shown !== undefined),
  }),
  pattern: ({ params }) => ({
    code: 'wrong_format',
    message: `must look like ${String(params['pattern'])}`,
  }),
  minimum: ({ params }) => outOfRange(`must be at least ${String(params['limit'])}`),
  maximum: ({ params }) => outOfRange(`must be at most ${String(params['limit'])}`),
  exclusiveMinimum: ({ params }) => outOfRange(`must be more than ${String(params['limit'])}`),
  exclusiveMaximum: ({ params }) => outOfRange(`must be less than ${String(params['limit'])}`),
  minLength: ({ params }) =>
    outOfRange(
      params['limit'] === 1
        ? 'must not be empty'
        : `must have at least ${String(params['limit'])} characters`,
    ),
  maxLength: ({ params }) => outOfRange(`must have at most ${String(params['limit'])} characters`),
  minItems: ({ params }) => outOfRange(`must list at least ${String(params['limit'])}`),
  maxItems: ({ params }) => outOfRange(`must list at most ${String(params['limit'])}`),
  uniqueItems: () => ({ code: 'duplicate', message: 'the same stands there twice' }),
  'x-bytes': () => ({
    code: 'wrong_format',
    message: 'must be a size such as 512KiB, 8MiB or 2GiB, or a number of bytes',
  }),
  'x-duration': ({ schema: { minimumMs, maximumMs } }) => {
    const limits = [
      ...(minimumMs === undefined ? [] : [`from ${minimumMs}ms`]),
      ...(maximumMs === undefined ? [] : [`up to ${maximumMs / 3_600_000}h`]),
    ].join(' ');
    const message = 'must be a length of time such as 250ms, 30s, 5m or 24h, with its unit';
    return { code: 'wrong_format', message: limits === '' ? message : `${message}, ${limits}` };
  },
};

const fallback = (): Sentence => ({ code: 'invalid', message: 'is not what is expected here' });

function hint(text: string | undefined): { hint?: string } {
  return text === undefined || text === '' ? {} : { hint: text };
}

function outOfRange(message: string): Sentence {
  return { code: 'out_of_range', message };
}

function notAllowed(values: unknown[], types: readonly string[], shown: unknown): Sentence {
  const quotable = isWord(shown);
  const subject = quotable ? JSON.stringify(String(shown)) : 'this value';
  const choices = [...values.map(String), ...types];
  return {
    code: 'not_allowed',
    message: `${subject} is not one of: ${choices.join(', ')}`,
    ...hint(quotable ? suggestion(String(shown), values.map(String)) : undefined),
  };
}

/** In mistaken YAML a value goes on into the next line; only what looks like a choice is quoted. */
export function isWord(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && /^[\w.-]{1,32}$/.test(value));
}

function wantsQuotes(schema: Schema, data: unknown): boolean {
  return schema.type === 'string' && ['number', 'boolean'].includes(typeof data);
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'empty',
};

function typeNames(type: string | readonly string[] | undefined): string {
  return [type ?? []]
    .flat()
    .map((name) => typeWords[name] ?? name)
    .join(' or ');
}

function typeName(data: unknown): string {
  if (data === null) return 'empty';
  return typeWords[Array.isArray(data) ? 'array' : typeof data] ?? 'this';
}

function formatSentence(format: string | undefined, data: unknown, mayQuote: boolean): string {
  if (format === 'go-template') {
    const mistake = mayQuote ? templateMistake(String(data)) : undefined;
    return mistake ?? 'is not a Go template';
  }
  return formatWords[format ?? ''] ?? `is not a valid ${format}`;
}

const formatWords: Readonly<Record<string, string>> = {
  'host-port': 'must be an address to listen on, such as [::]:2801 or 127.0.0.1:2801',
  uri: 'must be a URL such as https://example.org/path',
  email: 'must be a mail address',
  hostname: 'must be a host name',
  ipv4: 'must be an IPv4 address',
  ipv6: 'must be an IPv6 address',
};

/** `did you mean "notice"?`: a word that is near, or the only one that begins like this. */
export function suggestion(word: string, candidates: Iterable<string>): string | undefined {
  const all = [...candidates];
  const begun = all.filter((one) => one.toLowerCase().startsWith(word.toLowerCase()));
  const isBeginning = word.length >= 3 && begun.length === 1;
  const meant = isBeginning ? begun[0] : didYouMean(word, all);
  return meant === undefined ? undefined : `did you mean ${JSON.stringify(meant)}?`;
}
