import {
  goldenMessages,
  sidekickSettings,
  SIDEKICK_LOOK,
} from '../../test/support/golden-messages.ts';
import { cliqMessage } from './payload.ts';

goldenMessages('cliq', cliqMessage);

const webhookurl = 'https://cliq.zoho.com/api/v2/channelsbyname/a/message?zapikey=k';

sidekickSettings(
  'cliq',
  {
    webhookurl,
    icon: 'https://example.org/i.png',
    outputformat: 'fields',
    messageformat: '{{ .Rule }}',
    useemoji: true,
  },
  {
    ...SIDEKICK_LOOK,
    webhookUrl: webhookurl,
    username: 'Falcosidekick',
    iconUrl: 'https://example.org/i.png',
    outputFormat: 'fields',
    messageFormat: '{{ .Rule }}',
    emoji: true,
  },
);
