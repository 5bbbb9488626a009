/** Falcosidekick's `cliq.*`, so that messages look as they did. */
export const sidekick = {
  settings: {
    webhookUrl: 'cliq.webhookurl',
    iconUrl: 'cliq.icon',
    outputFormat: 'cliq.outputformat',
    messageFormat: 'cliq.messageformat',
    emoji: 'cliq.useemoji',
  },
  always: { username: 'Falcosidekick', uuidInFooter: false },
};
