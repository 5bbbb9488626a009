import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { sidekickSettings, SIDEKICK_LOOK } from '../../test/support/golden-messages.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { adaptiveMessage } from './adaptive-card.ts';
import teams from './index.ts';
import { messageCard } from './message-card.ts';
import type { TeamsSettings } from './settings.ts';

const webhookurl = 'https://contoso.webhook.office.com/webhookb2/x';

sidekickSettings(
  'teams',
  { webhookurl, activityimage: 'https://example.org/i.png', outputformat: 'facts' },
  {
    ...SIDEKICK_LOOK,
    webhookUrl: webhookurl,
    card: 'auto',
    title: 'Falcosidekick',
    iconUrl: 'https://example.org/i.png',
    outputFormat: 'fields',
  },
);

test('an old connector gets the card that Falcosidekick makes', async () => {
  const { settings } = await loadSidekick({ teams: { webhookurl } });
  const alert = alertWith({ fields: { 'proc.name': 'cat', 'proc.tty': 1 } });
  assert.deepEqual(messageCard(settings as TeamsSettings, [deliveryOf(alert)]), {
    '@type': 'MessageCard',
    summary: alert.output,
    themeColor: 'ffff00',
    sections: [
      {
        activityTitle: 'Falcosidekick',
        activitySubtitle: '2026-08-11 00:04:09.137331079 +0000 UTC',
        activityImage:
          'https://raw.githubusercontent.com/falcosecurity/falcosidekick/master/imgs/falcosidekick_color.png',
        text: alert.output,
        facts: [
          { name: 'rule', value: 'Read sensitive file untrusted' },
          { name: 'priority', value: 'Warning' },
          { name: 'source', value: 'syscall' },
          { name: 'hostname', value: 'gpu-node-1' },
          { name: 'proc.name', value: 'cat' },
          { name: 'tags', value: 'T1555, container, filesystem' },
        ],
      },
    ],
  });
});

test('a workflow gets an Adaptive Card with all of it', () => {
  const raw = { webhookUrl: 'https://example.org/workflows/x', footer: 'SOC' };
  const settings = settingsOf(teams, raw).values as unknown as TeamsSettings;
  const alert = alertWith({ fields: { 'proc.name': 'cat' } });
  const [{ content }] = adaptiveMessage(settings, [deliveryOf(alert)]).attachments;
  const [heading, output, table, footer] = content.body;
  assert.partialDeepStrictEqual(heading, {
    text: '[Warning] Read sensitive file untrusted',
    color: 'Warning',
  });
  assert.partialDeepStrictEqual(output, { text: alert.output, wrap: true });
  assert.partialDeepStrictEqual(table, { type: 'FactSet' });
  assert.partialDeepStrictEqual(footer, { text: `SOC · ${alert.uuid}` });
});
