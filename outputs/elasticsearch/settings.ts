import type { Static } from 'typebox';
import { basicAuthSettings, headersSetting } from '../../src/output/http-settings.ts';
import { indexSettings, nodesSetting } from '../../src/output/search/settings.ts';
import { optionalSecret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  nodes: nodesSetting(
    'URLs of one cluster, Elasticsearch 8 or 9 or OpenSearch: with a path where a proxy wants one.',
  ),
  ...basicAuthSettings,
  apiKey: optionalSecret(
    'API key in the encoded form, as Kibana shows it. Counts without username and password.',
  ),
  headers: headersSetting,
  ...indexSettings,
});

/** Defaults filled in. */
export type ElasticsearchSettings = Static<typeof schema>;
