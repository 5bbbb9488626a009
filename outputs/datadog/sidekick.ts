/** Falcosidekick's `datadog.*`: the same events, which Datadog files under the time of arrival. */
export const sidekick = {
  settings: {
    apiKey: 'datadog.apikey',
    url: { key: 'datadog.host', convert: eventsUrl },
  },
  always: { metadata: 'none' },
};

function eventsUrl(host: unknown): string {
  return `${String(host).replace(/\/+$/, '')}/api/v1/events`;
}
