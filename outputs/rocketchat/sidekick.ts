import { formatFrom, iconFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `rocketchat.*`, so that messages look as they did: without a footer. */
export const sidekick = {
  settings: {
    webhookUrl: 'rocketchat.webhookurl',
    username: { key: 'rocketchat.username', whenEmpty: '' },
    iconUrl: iconFrom('rocketchat.icon'),
    outputFormat: formatFrom('rocketchat.outputformat'),
    messageFormat: 'rocketchat.messageformat',
  },
  ignored: ['rocketchat.footer'],
  always: { uuidInFooter: false },
};
