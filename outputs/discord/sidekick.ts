/** Falcosidekick's `discord.*`, so that messages look as they did. */
export const sidekick = {
  settings: {
    webhookUrl: 'discord.webhookurl',
    iconUrl: 'discord.icon',
  },
  // Nothing but an embed's text comes from an alert, and that mentions nobody.
  always: { uuidInFooter: false, mentions: true },
};
