/** Falcosidekick's `datadoglogs.*`: the same logs, which Datadog files under the time of arrival. */
export const sidekick = {
  settings: {
    apiKey: 'datadoglogs.apikey',
    url: { key: 'datadoglogs.host', convert: intakeUrl },
    service: 'datadoglogs.service',
  },
  always: { metadata: 'none', compress: false },
};

function intakeUrl(host: unknown): string {
  return `${String(host).replace(/\/+$/, '')}/api/v2/logs`;
}
