import { goldenMessages, sidekickSettings } from '../../test/support/golden-messages.ts';
import { mattermostMessage } from './payload.ts';

goldenMessages('mattermost', mattermostMessage);

sidekickSettings(
  'mattermost',
  {
    webhookurl: 'https://mm.example.org/hooks/x',
    username: 'Falco',
    icon: 'https://example.org/i.png',
    footer: 'SOC',
    outputformat: 'fields',
    messageformat: '{{ .Rule }}',
  },
  {
    webhookUrl: 'https://mm.example.org/hooks/x',
    username: 'Falco',
    iconUrl: 'https://example.org/i.png',
    footer: 'SOC',
    outputFormat: 'fields',
    messageFormat: '{{ .Rule }}',
    uuidInFooter: false,
    attachmentsMax: 20,
  },
);
