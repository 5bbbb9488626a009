/** Falcosidekick's `opsgenie.*`: the same alerts, without an alias. */
export const sidekick = {
  settings: {
    apiKey: 'opsgenie.apikey',
    region: { key: 'opsgenie.region', convert: region },
  },
  always: { format: 'falcosidekick', dedupKey: '' },
};

/** What is not `eu` is `us`. */
function region(value: unknown): 'eu' | 'us' {
  return String(value).toLowerCase() === 'eu' ? 'eu' : 'us';
}
