import { below } from '../../src/output/http-url.ts';

/** Falcosidekick's `datadog.*`: the same events, which Datadog files under the time of arrival. */
export const sidekick = {
  settings: {
    apiKey: 'datadog.apikey',
    url: { key: 'datadog.host', convert: (host: unknown) => below(String(host), '/api/v1/events') },
  },
  always: { metadata: 'none' },
};
