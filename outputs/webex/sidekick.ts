/** Falcosidekick's `webex.*`, so that messages look as they did. */
export const sidekick = {
  settings: { webhookUrl: 'webex.webhookurl' },
  always: { layout: 'falcosidekick', uuidInFooter: false },
};
