/**
 * Falcosidekick's `pagerduty.*`, so that who was paged still is: every alert is critical and has an
 * incident of its own. Its client takes neither `checkcert` nor `mutualtls`, and its `region` came to
 * nothing by mistake.
 */
export const sidekick = {
  settings: {
    routingKey: 'pagerduty.routingkey',
    region: { key: 'pagerduty.region', convert: region },
  },
  always: { severity: 'critical', dedupKey: '', source: 'falco', details: 'fields' },
  tls: false,
};

/** What is not `eu` is `us`. */
function region(value: unknown): 'eu' | 'us' {
  return String(value).toLowerCase() === 'eu' ? 'eu' : 'us';
}
