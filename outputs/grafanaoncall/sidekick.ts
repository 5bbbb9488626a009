/** Falcosidekick's `grafanaoncall.*`: the same four keys. */
export const sidekick = {
  settings: {
    webhookUrl: 'grafanaoncall.webhookurl',
    headers: 'grafanaoncall.customheaders',
  },
  always: { dedupKey: '', details: 'none' },
};
