import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { sidekickSettings, SIDEKICK_LOOK } from '../../test/support/golden-messages.ts';
import { discordMessage } from './payload.ts';
import type { DiscordSettings } from './settings.ts';

const webhookurl = 'https://discord.com/api/webhooks/1/x';

sidekickSettings(
  'discord',
  { webhookurl, icon: 'https://example.org/i.png' },
  {
    ...SIDEKICK_LOOK,
    webhookUrl: webhookurl,
    iconUrl: 'https://example.org/i.png',
    mentions: true,
  },
);

test('a Falcosidekick configuration makes the message Falcosidekick makes', async () => {
  const { settings } = await loadSidekick({ discord: { webhookurl } });
  const alert = alertWith({ fields: { 'proc.name': 'cat', 'proc.tty': 1 } });
  const field = (name: string, value: string) => ({ name, value, inline: true });
  assert.deepEqual(discordMessage(settings as DiscordSettings, [deliveryOf(alert)]), {
    content: '',
    avatar_url:
      'https://raw.githubusercontent.com/falcosecurity/falcosidekick/master/imgs/falcosidekick_color.png',
    embeds: [
      {
        title: '',
        url: '',
        description: alert.output,
        color: '12745742',
        fields: [
          field('rule', 'Read sensitive file untrusted'),
          field('priority', 'Warning'),
          field('source', 'syscall'),
          field('hostname', 'gpu-node-1'),
          field('proc.name', '```cat```'),
          field('tags', 'T1555, container, filesystem'),
          field('time', '2026-08-11 00:04:09.137331079 +0000 UTC'),
        ],
      },
    ],
  });
});
