import type { QuickwitSettings } from './settings.ts';

const keyword = (name: string) => ({ name, type: 'text', tokenizer: 'raw', fast: true });

/**
 * The configuration of an index that takes whatever Falco names its fields.
 *
 * @see https://quickwit.io/docs/configuration/index-config
 */
export function indexConfig({ index, configVersion }: QuickwitSettings): object {
  return {
    version: configVersion,
    index_id: index,
    doc_mapping: {
      mode: 'dynamic',
      timestamp_field: 'time',
      store_source: true,
      field_mappings: [
        { name: 'time', type: 'datetime', input_formats: ['rfc3339'], fast: true },
        ...['uuid', 'hostname', 'priority', 'source', 'rule'].map(keyword),
        { name: 'output', type: 'text' },
        { name: 'tags', type: 'array<text>', tokenizer: 'raw', fast: true },
        { name: 'output_fields', type: 'json', fast: true },
      ],
    },
    search_settings: {
      default_search_fields: ['rule', 'source', 'output', 'priority', 'hostname', 'tags'],
    },
  };
}
