import { defineOutput } from '../../src/output/define.ts';
import { searchMistakes } from '../../src/output/search/settings.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'elasticsearch',
  title: 'Elasticsearch',
  category: 'logs',
  summary: 'Writes alerts to Elasticsearch or OpenSearch, each one once, in bulk requests.',
  schema,
  example: {
    nodes: ['https://elasticsearch.example.org:9200'],
    apiKey: 'a-key-as-kibana-shows-it',
  },
  batch: { alertsMax: 500, bytesMax: 4 * 1024 * 1024, waitMs: 200 },
  concurrency: 2,
  validate: searchMistakes,
  async open({ settings, http }) {
    // The client takes half a second to load, which a hub without this output saves.
    const { openConnection } = await import('../../src/output/search/connection.ts');
    return openConnection(settings, http);
  },
});
