import { FOOTER, iconFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `mattermost.*`, so that messages look as they did. */
export const sidekick = {
  settings: {
    webhookUrl: 'mattermost.webhookurl',
    username: { key: 'mattermost.username', whenEmpty: '' },
    iconUrl: iconFrom('mattermost.icon'),
    footer: { key: 'mattermost.footer', whenEmpty: FOOTER },
    outputFormat: 'mattermost.outputformat',
    messageFormat: 'mattermost.messageformat',
  },
  always: { uuidInFooter: false },
};
