import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { goldenMessages, sidekickSettings } from '../../test/support/golden-messages.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { rocketchatMessage } from './payload.ts';
import type { RocketchatSettings } from './settings.ts';

goldenMessages('rocketchat', rocketchatMessage);

const URL = 'https://rc.example.org/hooks/x/y';

sidekickSettings(
  'rocketchat',
  {
    webhookurl: URL,
    username: 'Falco',
    icon: 'https://example.org/i.png',
    footer: 'unused',
    outputformat: 'text',
    messageformat: '{{ .Rule }}',
  },
  {
    webhookUrl: URL,
    username: 'Falco',
    iconUrl: 'https://example.org/i.png',
    outputFormat: 'template',
    messageFormat: '{{ .Rule }}',
    footer: '',
    uuidInFooter: false,
    attachmentsMax: 20,
  },
);

test('the text alone is sent where there is one', async () => {
  const message = async (own: object) => {
    const section = { webhookurl: URL, outputformat: 'text', ...own };
    const { settings } = await loadSidekick({ rocketchat: section });
    return rocketchatMessage(settings as RocketchatSettings, [deliveryOf(alertWith())]);
  };
  const { text, attachments } = await message({ messageformat: 'Look: {{ .Rule }}' });
  assert.deepEqual([text, attachments], ['Look: Read sensitive file untrusted', undefined]);
  // Falcosidekick would say nothing at all.
  assert.equal((await message({})).attachments?.[0]?.text, alertWith().output);
});
