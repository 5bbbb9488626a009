import type { Client } from '@elastic/elasticsearch';
import { aboutDestination, type Failure } from '../http-error.ts';
import { callServer } from './call.ts';
import type { SearchSettings } from './settings.ts';

/**
 * Writes the index template where there is none of its name. One that is there stays as it is,
 * whoever wrote it. Resolves to what went wrong: without its template an index must not come to be.
 */
export async function ensureTemplate(
  client: Client,
  settings: SearchSettings,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { indexTemplate: name = '' } = settings;
  const asked = await callServer(signal, (call) =>
    client.indices.existsIndexTemplate({ name }, call),
  );
  if ('failure' in asked) return aboutDestination(asked.failure, 'the index template');
  const { body: exists, headers } = asked;
  if (exists) return undefined;
  // Elasticsearch since 7.14 says what it is with every answer.
  const product = headers['x-elastic-product'] === 'Elasticsearch' ? 'elasticsearch' : 'opensearch';
  const written = await callServer(signal, (call) =>
    client.transport.request(
      {
        method: 'PUT',
        path: `/_index_template/${encodeURIComponent(name)}`,
        body: indexTemplate(settings, product),
      },
      call,
    ),
  );
  return 'failure' in written ? aboutDestination(written.failure, 'the index template') : undefined;
}

/** Which server answers. OpenSearch began as a copy of Elasticsearch, and has types of its own. */
export type Product = 'elasticsearch' | 'opensearch';

/**
 * An index template that takes whatever Falco names its fields. Under dynamic mapping `evt.time` and
 * `evt.time.iso8601` refuse each other, a field has the type of its first value for ever, and every
 * new name enlarges the mapping; here all fields are one of the mapping's, and values are keywords.
 */
export function indexTemplate(settings: SearchSettings, product: Product): object {
  const { index, suffix, dataStream, format, shards, replicas } = settings;
  const pattern = dataStream ?? (suffix === 'none' ? index : `${index}-*`);
  return {
    index_patterns: [pattern],
    // Above what Elasticsearch and its integrations bring; of two of ours that overlap (`falco-*`,
    // `falco-soc-*`), which may not have the same, the narrower one counts.
    priority: 500 + pattern.length,
    ...(dataStream !== undefined && { data_stream: {} }),
    template: {
      settings: {
        index: {
          ...(shards !== undefined && { number_of_shards: shards }),
          ...(replicas !== undefined && { number_of_replicas: replicas }),
          // Elasticsearch 9 would put `logs-*-*` together again from the index, without its digits.
          ...(product === 'elasticsearch' && { mode: 'standard' }),
        },
      },
      mappings: {
        date_detection: false,
        ...MAPPINGS[format](product),
      },
    },
  };
}

/** As dynamic mapping has it, so that dashboards made without a template find `rule.keyword`. */
const TEXT = { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } };
const KEYWORD = { type: 'keyword', ignore_above: 1024 };
const DATE = { type: 'date' };

const MAPPINGS = { falco: alertMappings, ecs: ecsMappings, ocsf: ocsfMappings } as const;

function alertMappings(product: Product): object {
  return {
    properties: {
      '@timestamp': DATE,
      time: DATE,
      uuid: TEXT,
      priority: TEXT,
      rule: TEXT,
      source: TEXT,
      hostname: TEXT,
      tags: TEXT,
      output: TEXT,
      ...fieldProperties(product),
    },
  };
}

function fieldProperties(product: Product) {
  return {
    // A keyword of more than 32,766 bytes is refused (Lucene); 4,096 characters are fewer.
    output_fields:
      product === 'opensearch'
        ? { type: 'flat_object' }
        : { type: 'flattened', ignore_above: 4096 },
    output_fields_unmapped: { type: 'text' },
  };
}

/** Elsewhere than in the alert itself, a text is a keyword. */
const DYNAMIC_TEMPLATES = [
  { addresses: { path_match: '*.ip', mapping: { type: 'ip' } } },
  { texts: { match_mapping_type: 'string', mapping: KEYWORD } },
];

function ecsMappings(product: Product): object {
  return {
    dynamic_templates: DYNAMIC_TEMPLATES,
    properties: {
      '@timestamp': DATE,
      message: { type: 'text' },
      event: { properties: { created: DATE, severity: { type: 'long' } } },
      falco: {
        properties: {
          time: DATE,
          output: { type: 'text' },
          ...fieldProperties(product),
        },
      },
    },
  };
}

function ocsfMappings(product: Product): object {
  const { output_fields, output_fields_unmapped } = fieldProperties(product);
  return {
    dynamic_templates: DYNAMIC_TEMPLATES,
    properties: {
      '@timestamp': DATE,
      time: DATE,
      message: { type: 'text' },
      metadata: { properties: { logged_time: DATE } },
      finding_info: { properties: { created_time: DATE, desc: { type: 'text' } } },
      unmapped: { properties: { output_fields } },
      output_fields_unmapped,
    },
  };
}
