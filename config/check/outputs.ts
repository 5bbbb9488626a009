import { type Static, type TObject, Type } from 'typebox';
import { type OutputLoader, outputs as outputTable } from '../../outputs/index.ts';
import type { OutputDefinition } from '../../src/output/define.ts';
import { didYouMean } from '../../src/route/did-you-mean.ts';
import { type Finding, keyText, type Path } from '../problem.ts';
import type { OutputConfig } from '../schema.ts';
import { OUTPUT_NAME_PATTERN, outputBase, outputCommon } from '../schema/output.ts';
import { isWord, suggestion } from './sentences.ts';
import { type Checking, validate } from './validate.ts';

/** An output that is configured as its type wants it. */
export interface ResolvedOutput {
  readonly name: string;
  readonly definition: OutputDefinition;
  /** What every output has: timeouts, TLS, the least priority. Defaults filled in. */
  readonly common: OutputConfig;
  /** The output's own settings, for its `send` or `open`. Defaults filled in. */
  readonly settings: Static<TObject>;
}

/** An output with mistakes. */
export interface RefusedOutput {
  readonly name: string;
  /** As written; empty when it is not a text. */
  readonly type: string;
  readonly findings: readonly Finding[];
}

/** Checks each output by the schema of its type. Only types in use are loaded. */
export async function resolveOutputs(
  raw: Readonly<Record<string, unknown>>,
  checking: Omit<Checking, 'base'>,
): Promise<{ resolved: ResolvedOutput[]; refused: RefusedOutput[] }> {
  const resolved: ResolvedOutput[] = [];
  const refused: RefusedOutput[] = [];
  for (const [name, value] of Object.entries(raw)) {
    const result = await resolveOutput(name, value, checking);
    if ('findings' in result) refused.push(result);
    else resolved.push(result);
  }
  return { resolved, refused };
}

async function resolveOutput(
  name: string,
  value: unknown,
  checking: Omit<Checking, 'base'>,
): Promise<ResolvedOutput | RefusedOutput> {
  const path = ['outputs', name];
  const type = typeOf(value);
  const refuse = (findings: readonly Finding[]): RefusedOutput => ({ name, type, findings });
  const bad = [...nameMistakes(name), ...typeMistakes(value, path, checking)];
  const load = bad.length === 0 ? loaderOf(type) : undefined;
  if (load === undefined) return refuse(bad);
  const definition = await load();
  const settings = structuredClone(value) as Record<string, unknown>;
  const findings = validate(schemaOf(definition), settings, { ...checking, base: path });
  if (findings.length > 0) return refuse(findings);
  const split = splitSettings(settings);
  const mistakes = definition.validate?.(split.settings) ?? [];
  if (mistakes.length > 0) {
    return refuse(
      mistakes.map((mistake) => ({
        code: 'output_setting',
        message: mistake.message,
        path: [...path, ...mistake.path.split('.').filter((step) => step !== '')],
      })),
    );
  }
  return { name, definition, ...split };
}

function typeOf(value: unknown): string {
  const type = (value as { type?: unknown } | null)?.type;
  return typeof type === 'string' ? type : '';
}

function loaderOf(type: string): OutputLoader | undefined {
  return Object.hasOwn(outputTable, type)
    ? outputTable[type as keyof typeof outputTable]
    : undefined;
}

function nameMistakes(name: string): Finding[] {
  if (new RegExp(OUTPUT_NAME_PATTERN).test(name)) return [];
  return [
    {
      code: 'output_name',
      message: 'is not a name for an output',
      hint: 'a name has at most 63 letters, digits, "_", "-" and ".", and begins with a letter or digit',
      path: ['outputs', name],
      at: 'key',
    },
  ];
}

/** The type comes first: without it nothing can be said of the other keys. */
function typeMistakes(value: unknown, path: Path, { isHidden }: Omit<Checking, 'base'>): Finding[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ code: 'wrong_type', message: 'must be a map with the key type', path }];
  }
  if (!('type' in value)) return [missingType(value, path)];
  const type = typeOf(value);
  if (loaderOf(type) !== undefined) return [];
  const typePath = [...path, 'type'];
  const mayQuote = isWord(type) && !isHidden(typePath);
  const meant = mayQuote ? suggestion(type, types) : undefined;
  return [
    {
      code: 'unknown_output_type',
      message: `${mayQuote ? JSON.stringify(type) : 'this'} is no type of output`,
      hint: meant ?? knownTypes,
      path: typePath,
    },
  ];
}

const types = Object.keys(outputTable);
const knownTypes = `there are ${types.join(', ')}`;

function missingType(value: object, path: Path): Finding {
  const mistyped = Object.keys(value).find((key) => didYouMean(key, ['type']) !== undefined);
  return {
    code: 'missing_key',
    message: 'this key is missing',
    hint:
      mistyped === undefined ? knownTypes : `is it meant by ${JSON.stringify(keyText(mistyped))}?`,
    path: [...path, 'type'],
    at: 'key',
  };
}

const schemas = new WeakMap<OutputDefinition, TObject>();

/** What an output of a type may have: the keys of all outputs and its own. */
export function schemaOf(definition: OutputDefinition): TObject {
  const known = schemas.get(definition);
  if (known !== undefined) return known;
  const schema = Type.Object(
    {
      type: Type.Literal(definition.id, { description: definition.title }),
      ...definition.schema.properties,
      ...outputCommon,
    },
    { additionalProperties: false },
  );
  schemas.set(definition, schema);
  return schema;
}

function splitSettings(
  all: Readonly<Record<string, unknown>>,
): Pick<ResolvedOutput, 'common' | 'settings'> {
  const entries = Object.entries(all);
  return {
    common: Object.fromEntries(entries.filter(([key]) => isCommon(key))) as OutputConfig,
    settings: Object.fromEntries(entries.filter(([key]) => !isCommon(key))),
  };
}

function isCommon(key: string): boolean {
  return Object.hasOwn(outputBase.properties, key);
}
