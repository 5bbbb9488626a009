import { FOOTER } from '../../src/output/sidekick.ts';

/** Falcosidekick's `slack.*`, so that messages look as they did. */
export const sidekick = {
  settings: {
    webhookUrl: 'slack.webhookurl',
    channel: 'slack.channel',
    username: { key: 'slack.username', whenEmpty: '' },
    iconUrl: 'slack.icon',
    footer: { key: 'slack.footer', whenEmpty: FOOTER },
    outputFormat: 'slack.outputformat',
    messageFormat: 'slack.messageformat',
  },
  always: { uuidInFooter: false, unfurlLinks: true },
};
