import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import type { SchemaNode } from './json-schema.ts';

/** One value of the chart, as values.yaml has it. */
export interface ChartValue {
  readonly key: string;
  /** As a reader calls it. */
  readonly type: string;
  readonly default: unknown;
  readonly description: string;
}

/** A key of values.yaml: a value with a description, or a section of such. */
type Entry =
  | { readonly name: string; readonly value: ChartValue }
  | { readonly name: string; readonly section: readonly Entry[] };

/**
 * What stands in values.yaml, in helm-docs' convention: `# -- (type) text` above a value. Without a
 * type it is that of the default.
 *
 * @throws Error for a value that has no such comment.
 */
export function chartEntries(text: string): readonly Entry[] {
  const { contents } = parseDocument(text);
  if (!isMap(contents)) throw new Error('values.yaml is not a map');
  return entriesOf(contents, '');
}

const COMMENT = /^ -- (?:\((?<type>[^)]+)\) )?(?<description>.+)$/m;

function entriesOf(map: YAMLMap, prefix: string): readonly Entry[] {
  return map.items.map(({ key, value }, index) => {
    const { value: name, commentBefore } = key as { value: string; commentBefore?: string };
    // The parser gives the comment above the first key to the map.
    const comment = commentBefore ?? (index === 0 ? map.commentBefore : undefined) ?? '';
    const found = COMMENT.exec(comment)?.groups;
    if (found === undefined) {
      if (!isMap(value)) throw new Error(`${prefix}${name} has no description in values.yaml`);
      return { name, section: entriesOf(value, `${prefix}${name}.`) };
    }
    const normal: unknown = isScalar(value) ? value.value : (value as YAMLMap).toJSON();
    const { type = typeOf(normal), description = '' } = found;
    return { name, value: { key: `${prefix}${name}`, type, default: normal, description } };
  });
}

function typeOf(value: unknown): string {
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value === 'string') return 'text';
  throw new Error(`say which type ${JSON.stringify(value)} is: # -- (type) text`);
}

/** All values, sections opened. */
export function flatValues(entries: readonly Entry[]): readonly ChartValue[] {
  return entries.flatMap((entry) => ('value' in entry ? [entry.value] : flatValues(entry.section)));
}

/** Helm takes what stands in a list or a map as it is: Kubernetes says what may. */
const types: Readonly<Record<string, SchemaNode>> = {
  'true or false': { type: 'boolean' },
  text: { type: 'string' },
  integer: { type: 'integer', minimum: 0 },
  'integer or empty': { type: ['integer', 'string'], pattern: '^$' },
  'integer or percentage': { type: ['integer', 'string'], pattern: '^[0-9]+%$' },
  quantity: { type: ['string', 'integer'], pattern: '^[0-9]+(\\.[0-9]+)?([KMGTP]i?|k)?$' },
  list: { type: 'array' },
  'list or map': { type: ['array', 'object'] },
  map: { type: 'object' },
};

/** @throws Error for a type that nobody knows. */
export function chartSchema(entries: readonly Entry[]): SchemaNode {
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map((entry) => [
        entry.name,
        'value' in entry ? valueSchema(entry.value) : chartSchema(entry.section),
      ]),
    ),
    additionalProperties: false,
  };
}

function valueSchema({ key, type, description, default: normal }: ChartValue): SchemaNode {
  const schema = types[type];
  if (schema === undefined) throw new Error(`${key}: no schema for the type "${type}"`);
  return { ...schema, description, default: normal };
}
