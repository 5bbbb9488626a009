import { resolve } from 'node:path';
import { Ajv, type ErrorObject, type SchemaValidateFunction, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { DataValidationCxt } from 'ajv/dist/types/index.js';
import type { TSchema } from 'typebox';
import type { Finding, Path } from '../problem.ts';
import { describeErrors, stepsOf } from './describe.ts';
import { isTemplate } from './template.ts';
import { isHostPort, parseBytes, parseDuration } from './units.ts';

/** What a check is told, and what it collects on its way. */
export interface Checking {
  /** Where the value stands in the configuration. */
  readonly base: Path;
  /** What relative file names are relative to. */
  readonly baseDirectory: string;
  readonly isHidden: (path: Path) => boolean;
  /** Called for each value whose schema is marked as a secret. */
  readonly onSecret: (text: string, path: Path) => void;
  /** Called with the absolute name of each file the value refers to. */
  readonly onFile: (file: string) => void;
}

/**
 * Checks a value against a schema and makes it what the program sees, in place: defaults are filled
 * in, lengths of time become milliseconds, sizes bytes, file names absolute. Returns all mistakes.
 */
export function validate(schema: TSchema, value: unknown, checking: Checking): Finding[] {
  dropEmpty(schema, value);
  const check = compiled(schema);
  const context: Context = { ...checking, root: value };
  if (check.call(context, value)) return [];
  return describeErrors(check.errors as ErrorObject[], { root: value, ...checking });
}

type Node = TSchema & {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
};

/** A known key without a value (`routes:` and nothing below it) counts as absent. */
function dropEmpty(schema: Node, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const all = value as Record<string, unknown>;
  for (const [key, node] of Object.entries(schema.properties ?? {})) {
    if (all[key] === null) delete all[key];
    else dropEmpty(node, all[key]);
  }
  const [below = schema.items] = Object.values(schema.patternProperties ?? {});
  if (below === undefined) return;
  for (const child of Object.values(value)) dropEmpty(below, child);
}

interface Context extends Checking {
  readonly root: unknown;
}

const cache = new WeakMap<TSchema, ValidateFunction>();

function compiled(schema: TSchema): ValidateFunction {
  const known = cache.get(schema);
  if (known !== undefined) return known;
  const check = ajv.compile(withUnits(schema) as object);
  cache.set(schema, check);
  return check;
}

/**
 * JSON Schema has no word for "a length of time, or the number 0", so nodes with units get a keyword
 * of their own instead of their type.
 */
function withUnits(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withUnits);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, of]) => [key, withUnits(of)]));
  const unit = units[String(copy['format'])];
  if (unit === undefined) return copy;
  const { type: _type, format: _format, ...rest } = copy;
  return { ...rest, [unit]: true };
}

const units: Readonly<Record<string, string>> = {
  'duration-text': 'x-duration',
  'bytes-text': 'x-bytes',
};

type KeywordFunction = (this: Context, ...args: Parameters<SchemaValidateFunction>) => boolean;

const duration: KeywordFunction = (_on, text, schema, at) => {
  const ms = typeof text === 'string' || text === 0 ? parseDuration(text) : undefined;
  if (ms === undefined) return false;
  replaceBy(ms, at);
  const { minimumMs = 0, maximumMs = Number.POSITIVE_INFINITY } = schema as DurationLimits;
  return ms >= minimumMs && ms <= maximumMs;
};

/** Keywords a `duration()` may carry. */
export interface DurationLimits {
  readonly minimumMs?: number;
  readonly maximumMs?: number;
}

const size: KeywordFunction = (_on, text, _schema, at) => {
  const isSize = typeof text === 'string' || Number.isSafeInteger(text);
  const bytes = isSize ? parseBytes(text as string | number) : undefined;
  if (bytes === undefined) return false;
  replaceBy(bytes, at);
  return true;
};

const file: KeywordFunction = function (_on, name, _schema, at) {
  if (typeof name !== 'string' || name === '') return true;
  const absolute = resolve(this.baseDirectory, name);
  this.onFile(absolute);
  replaceBy(absolute, at);
  return true;
};

const secret: KeywordFunction = function (_on, text, _schema, at) {
  if (typeof text !== 'string' || text === '') return true;
  this.onSecret(text, [...this.base, ...stepsOf(at?.instancePath ?? '', this.root)]);
  return true;
};

function replaceBy(value: string | number, at: DataValidationCxt | undefined): void {
  if (at === undefined) return;
  const parent = at.parentData as Record<string | number, unknown>;
  parent[at.parentDataProperty] = value;
}

const ajv = new Ajv({
  allErrors: true,
  useDefaults: true,
  verbose: true,
  passContext: true,
  strict: true,
  strictTypes: false,
  // Each schema runs once or twice: making its code better takes longer than it saves.
  code: { optimize: false },
});
formats.default(ajv);
ajv.addFormat('go-template', isTemplate);
ajv.addFormat('host-port', isHostPort);
ajv.addVocabulary(['minimumMs', 'maximumMs']);
ajv.addKeyword({ keyword: 'x-duration', modifying: true, validate: duration });
ajv.addKeyword({ keyword: 'x-bytes', modifying: true, validate: size });
ajv.addKeyword({ keyword: 'x-file', modifying: true, validate: file });
ajv.addKeyword({ keyword: 'x-secret', validate: secret });
