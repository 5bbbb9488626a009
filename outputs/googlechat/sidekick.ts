import { formatFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `googlechat.*`, so that messages look as they did. */
export const sidekick = {
  settings: {
    webhookUrl: 'googlechat.webhookurl',
    outputFormat: formatFrom('googlechat.outputformat'),
    messageFormat: 'googlechat.messageformat',
  },
  always: { cards: 'v1', uuidInFooter: false },
};
