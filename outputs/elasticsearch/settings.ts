import { type Static, Type } from 'typebox';
import { headersSetting } from '../../src/output/http-settings.ts';
import { indexSettings } from '../../src/output/search/settings.ts';
import { optionalSecret, optionalText, secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  nodes: Type.Array(secret({ description: 'URL of a node.' }), {
    description:
      'URLs of one cluster, Elasticsearch 8 or 9 or OpenSearch: with a path where a proxy wants one. When a node does not answer the next one is asked. Secret, for a password may be in them.',
    minItems: 1,
    maxItems: 32,
  }),
  username: optionalText('With password: basic authentication.'),
  password: optionalSecret('Password of username.'),
  apiKey: optionalSecret(
    'API key in the encoded form, as Kibana shows it. Counts without username and password.',
  ),
  headers: headersSetting,
  ...indexSettings,
});

/** Defaults filled in. */
export type ElasticsearchSettings = Static<typeof schema>;
