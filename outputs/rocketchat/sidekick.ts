import { iconFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `rocketchat.*`, so that messages look as they did: without a footer. */
export const sidekick = {
  settings: {
    webhookUrl: 'rocketchat.webhookurl',
    username: { key: 'rocketchat.username', whenEmpty: '' },
    iconUrl: iconFrom('rocketchat.icon'),
    outputFormat: { key: 'rocketchat.outputformat', convert: format },
    messageFormat: 'rocketchat.messageformat',
  },
  ignored: ['rocketchat.footer'],
  always: { uuidInFooter: false },
};

/** Its `text` sends the template's text alone. */
function format(value: unknown): unknown {
  return value === 'text' ? 'template' : value;
}
