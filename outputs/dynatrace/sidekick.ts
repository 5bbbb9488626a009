/** Falcosidekick's `dynatrace.*`: the same logs, several in one request. */
export const sidekick = {
  settings: { url: 'dynatrace.apiurl', token: 'dynatrace.apitoken' },
  always: { compress: false },
};
