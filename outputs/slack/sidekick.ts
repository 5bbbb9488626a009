/** Falcosidekick's `slack.*`, so that messages look as they did. */
export const sidekick = {
  settings: {
    webhookUrl: 'slack.webhookurl',
    channel: 'slack.channel',
    username: 'slack.username',
    iconUrl: 'slack.icon',
    footer: 'slack.footer',
    outputFormat: 'slack.outputformat',
    messageFormat: 'slack.messageformat',
  },
  always: { uuidInFooter: false },
};
