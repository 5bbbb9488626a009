/** Falcosidekick's `teams.*`. A workflow gets an Adaptive Card, for it shows no other. */
export const sidekick = {
  settings: {
    webhookUrl: 'teams.webhookurl',
    iconUrl: 'teams.activityimage',
    outputFormat: { key: 'teams.outputformat', convert: format },
  },
  always: { title: 'Falcosidekick', uuidInFooter: false },
};

function format(value: unknown): unknown {
  return value === 'facts' ? 'fields' : value;
}
