import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { sidekickSettings, SIDEKICK_LOOK } from '../../test/support/golden-messages.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { telegramMessage } from './payload.ts';
import type { TelegramSettings } from './settings.ts';

sidekickSettings(
  'telegram',
  { token: '1:x', chatid: '-7', messagethreadid: '4', host: 'https://bots.example.org' },
  {
    ...SIDEKICK_LOOK,
    token: '1:x',
    chatId: '-7',
    messageThreadId: '4',
    url: 'https://bots.example.org',
    layout: 'falcosidekick',
  },
);

test('a Falcosidekick configuration makes the message Falcosidekick makes', async () => {
  const section = { token: '1:x', chatid: '-7', messagethreadid: '' };
  const { settings } = await loadSidekick({ telegram: section });
  const alert = alertWith({ fields: { 'proc.tty': 34_816, 'proc.name': 'cat' } });
  assert.deepEqual(telegramMessage(settings as unknown as TelegramSettings, [deliveryOf(alert)]), {
    text: [
      '*\\[Falco\\] \\[Warning\\] Read sensitive file untrusted*',
      '',
      '• *Time*: 2026\\-08\\-11 00:04:09\\.137331079 \\+0000 UTC',
      '• *Source*: syscall',
      '• *Hostname*: gpu\\-node\\-1',
      '• *Tags*: T1555 container filesystem ',
      '• *Fields*:',
      '\t  • *proc\\.name*: cat',
      '\t  • *proc\\.tty*: 34816',
      '',
      '',
      '**Output**: Sensitive file opened for reading \\| file\\=/etc/shadow user\\=jenkins command\\=cat /etc/shadow',
      '',
    ].join('\n'),
    parse_mode: 'MarkdownV2',
    disable_web_page_preview: true,
    chat_id: '-7',
  });
});

test('many small fields are counted beyond what fits', async () => {
  const { settings } = await loadSidekick({ telegram: { token: '1:x', chatid: '-7' } });
  const fields = Object.fromEntries(Array.from({ length: 512 }, (_, n) => [`-${n}`, '.']));
  const alert = alertWith({ fields, output: '-'.repeat(9000), tags: ['-'.repeat(128)] });
  const { text } = telegramMessage(settings as unknown as TelegramSettings, [deliveryOf(alert)]);
  assert.ok(text.length <= 4096);
  assert.match(text, /….*: \d+ more fields\n/);
});
