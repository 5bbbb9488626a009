import { createAwsSigner } from '../../src/output/aws-credentials.ts';
import { defineOutput } from '../../src/output/define.ts';
import type { HttpClient } from '../../src/output/http.ts';
import { mistakesIn, type OpenSearchSettings, schema } from './settings.ts';

export default defineOutput({
  id: 'opensearch',
  title: 'OpenSearch',
  category: 'logs',
  summary: 'Writes alerts to OpenSearch, also that of AWS, each one once, in bulk requests.',
  schema,
  example: {
    nodes: ['https://search-soc.eu-central-1.es.amazonaws.com'],
    aws: { region: 'eu-central-1' },
    indexTemplate: 'falco',
  },
  batch: { alertsMax: 500, bytesMax: 4 * 1024 * 1024, waitMs: 200 },
  concurrency: 2,
  validate: mistakesIn,
  async open({ settings, http }) {
    // The client takes half a second to load, which a hub without this output saves.
    const { openConnection } = await import('../../src/output/search/connection.ts');
    return openConnection(settings, signing(settings, http));
  },
});

function signing({ aws }: OpenSearchSettings, http: HttpClient): HttpClient {
  if (aws === undefined) return http;
  const signer = createAwsSigner({ settings: aws, service: aws.service, http });
  return { ...http, request: (request) => signer.request(request) };
}
