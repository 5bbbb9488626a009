import type { TSchema } from 'typebox';
import { suggestion } from '../check/sentences.ts';
import { type Path, pathId, pathText, type Problem } from '../problem.ts';
import { configSchema } from '../schema.ts';
import type { Environment } from './references.ts';

/**
 * Settings from `TOCSIN_…` variables and from flags. Every scalar and every list of texts outside
 * `outputs` and `routes` has a variable: `queue.bytesMax` is TOCSIN_QUEUE_BYTES_MAX. Lists are
 * separated by commas. An empty variable counts as not set.
 */
export interface Overrides {
  /** The configuration with the overrides in it. */
  readonly value: Readonly<Record<string, unknown>>;
  /** What set a path (`pathId`): the name of a variable or a flag. */
  readonly setBy: ReadonlyMap<string, string>;
  /** Variables that look as if they were meant for the hub, and are not. */
  readonly problems: readonly Problem[];
}

/** Lays variables and then flags (dotted path to text) over a configuration. */
export function applyOverrides(
  raw: Readonly<Record<string, unknown>>,
  env: Environment,
  flags: Environment,
): Overrides {
  const problems: Problem[] = [];
  const setBy = new Map<string, string>();
  let value: unknown = raw;
  const set = (setting: Setting, text: string, name: string): void => {
    value = withValue(value, setting.path, parse(setting.schema, text));
    setBy.set(pathId(setting.path), name);
  };
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || text === undefined || text === '') continue;
    const setting = byVariable.get(name);
    if (setting !== undefined) set(setting, text, name);
    else if (!isForeign(name, text)) problems.push(unknownVariable(name));
  }
  for (const [path, text] of Object.entries(flags)) {
    const setting = settings.find((candidate) => pathText(candidate.path) === path);
    if (setting === undefined) throw new TypeError(`no setting ${path}`);
    if (text !== undefined) set(setting, text, `the flag for ${path}`);
  }
  return { value: value as Record<string, unknown>, setBy, problems };
}

const PREFIX = 'TOCSIN_';

/** A setting that a variable can hold. */
export interface Setting {
  readonly path: readonly string[];
  /** TOCSIN_QUEUE_BYTES_MAX */
  readonly variable: string;
  readonly schema: TSchema;
}

/** Every setting that a variable can hold, in the order of the schema. */
export const settings: readonly Setting[] = leaves(configSchema, []).map(({ path, schema }) => ({
  path,
  variable: PREFIX + path.map(upperSnake).join('_'),
  schema,
}));

const byVariable: ReadonlyMap<string, Setting> = new Map(
  settings.map((setting) => [setting.variable, setting]),
);

type Node = TSchema & {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
};

function leaves(schema: Node, path: readonly string[]): { path: string[]; schema: Node }[] {
  if (path[0] === 'outputs' || path[0] === 'routes') return [];
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([key, of]) => leaves(of, [...path, key]));
  }
  const isMap = schema.type === 'object';
  const isListOfMaps = schema.type === 'array' && schema.items?.type !== 'string';
  return isMap || isListOfMaps ? [] : [{ path: [...path], schema }];
}

/** `bytesMax` as BYTES_MAX. */
function upperSnake(key: string): string {
  return key.replaceAll(/[A-Z]/g, '_$&').toUpperCase();
}

/** What does not parse stays a text, and the check of the whole configuration refuses it. */
function parse(schema: Node, text: string): unknown {
  if (schema.type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  const isNumber = schema.type === 'integer' || schema.type === 'number';
  if (isNumber && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  const choices = schema.anyOf ?? [];
  const isList = schema.type === 'array' || choices.some(({ type }) => type === 'array');
  if (!isList || choices.some((choice) => 'const' in choice && choice.const === text)) return text;
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A section of the wrong type stays, to be refused. */
function withValue(node: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (node === undefined) return { [step]: withValue(undefined, rest, value) };
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return node;
  const child = (node as Record<string, unknown>)[step];
  return { ...node, [step]: withValue(child, rest, value) };
}

/** Kubernetes puts such variables into every pod beside a Service named `tocsin` or `tocsin-…`. */
function isForeign(name: string, text: string): boolean {
  return (
    NOT_SETTINGS.has(name) ||
    /_SERVICE_(HOST|PORT(_\w+)?)$/.test(name) ||
    /_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
    (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(text))
  );
}

/** Variables of the hub that are not settings of the configuration. */
const NOT_SETTINGS: ReadonlySet<string> = new Set(['TOCSIN_CONFIG']);

function unknownVariable(name: string): Problem {
  const isOutput = name.startsWith('TOCSIN_OUTPUTS_') || name.startsWith('TOCSIN_ROUTES_');
  const hint = isOutput
    ? 'outputs and routes stand in the file; write ${env:NAME} there'
    : suggestion(name, byVariable.keys());
  return {
    severity: 'warning',
    code: 'env_unknown',
    message: `the variable ${name} belongs to no setting`,
    ...(hint === undefined ? {} : { hint }),
    path: '',
  };
}
