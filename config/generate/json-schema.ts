import type { OutputDefinition } from '../../src/output/define.ts';
import { schemaOf } from '../check/outputs.ts';
import { BYTES_PATTERN, DURATION_PATTERN, HOST_PORT_PATTERN } from '../check/units.ts';
import { configSchema } from '../schema.ts';
import { OUTPUT_NAME_PATTERN } from '../schema/output.ts';

/** A node of a JSON Schema, as far as it is looked at here. */
export interface SchemaNode {
  readonly [keyword: string]: unknown;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/**
 * The schema for editors (JSON Schema draft-07, which the YAML language server and Helm read). An
 * output is the schema its type names.
 */
export function jsonSchema(definitions: readonly OutputDefinition[]): SchemaNode {
  const { properties = {} } = published(configSchema as unknown as SchemaNode);
  const outputs = properties['outputs'] ?? {};
  const types = definitions.map(({ id }) => ({ $ref: `#/definitions/${id}` }));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Tocsin configuration',
    type: 'object',
    properties: {
      ...properties,
      outputs: { ...outputs, patternProperties: { [OUTPUT_NAME_PATTERN]: { oneOf: types } } },
    },
    additionalProperties: false,
    definitions: Object.fromEntries(
      definitions.map((definition) => [definition.id, outputSchema(definition)]),
    ),
  };
}

function outputSchema(definition: OutputDefinition): SchemaNode {
  const schema = published(schemaOf(definition) as unknown as SchemaNode);
  return { title: definition.title, description: definition.summary, ...schema };
}

/** What a default fills in is not required of the reader; formats of ours become patterns. */
function published(node: SchemaNode): SchemaNode {
  const { required, properties, patternProperties, items, anyOf, ...rest } = node;
  const needed = required?.filter((key) => properties?.[key]?.default === undefined) ?? [];
  return {
    ...withPattern(rest),
    ...(properties === undefined ? {} : { properties: mapValues(properties) }),
    ...(patternProperties === undefined ? {} : { patternProperties: mapValues(patternProperties) }),
    ...(items === undefined ? {} : { items: published(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(published) }),
    ...(needed.length === 0 ? {} : { required: needed }),
  };
}

function mapValues(nodes: Readonly<Record<string, SchemaNode>>): Record<string, SchemaNode> {
  return Object.fromEntries(Object.entries(nodes).map(([key, node]) => [key, published(node)]));
}

/** In a text with a reference an editor cannot know what will stand there. */
const REFERENCE = '\\$\\{(env|file):';

const patterns: Readonly<Record<string, SchemaNode & { readonly pattern: string }>> = {
  'duration-text': {
    // Of the numbers, only 0 is a length of time: without a unit it says nothing.
    type: ['string', 'integer'],
    pattern: DURATION_PATTERN,
    minimum: 0,
    maximum: 0,
  },
  'bytes-text': { type: ['string', 'integer'], pattern: BYTES_PATTERN, minimum: 0 },
  'host-port': { type: 'string', pattern: HOST_PORT_PATTERN },
};

function withPattern(node: SchemaNode): SchemaNode {
  const { format, type, minimumMs: _min, maximumMs: _max, 'x-file': _file, ...rest } = node;
  const pattern = patterns[format ?? '']?.pattern ?? node.pattern;
  const isKnownToEditors = !(format === undefined || format === 'go-template');
  const known = patterns[format ?? ''];
  return {
    ...(type === undefined ? {} : { type }),
    ...rest,
    ...(known ?? (isKnownToEditors ? { format } : {})),
    ...(pattern === undefined ? {} : { pattern: `${pattern}|${REFERENCE}` }),
  };
}
