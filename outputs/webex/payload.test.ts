import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { sidekickSettings, SIDEKICK_LOOK } from '../../test/support/golden-messages.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { webexMessage } from './payload.ts';
import type { WebexSettings } from './settings.ts';

const webhookurl = 'https://webexapis.com/v1/webhooks/incoming/x';

sidekickSettings(
  'webex',
  { webhookurl },
  {
    ...SIDEKICK_LOOK,
    webhookUrl: webhookurl,
    layout: 'falcosidekick',
  },
);

test('a Falcosidekick configuration makes the message Falcosidekick makes', async () => {
  const { settings } = await loadSidekick({ webex: { webhookurl } });
  const alert = alertWith({
    output: 'A shell',
    tags: ['one', 'two'],
    fields: { 'proc.tty': 34_816, 'proc.name': 'cat' },
  });
  const { markdown } = webexMessage(settings as unknown as WebexSettings, [deliveryOf(alert)]);
  assert.equal(
    markdown,
    "# Falco Rule 'Read sensitive file untrusted'\n\n### A shell\n\n" +
      'Additional informations:\n  * Hostname: gpu-node-1\n  * Source:   syscall  \n' +
      '  * Priority: Warning\n  * Tags:\n    \n    * one\n    \n    * two\n    \n' +
      '  * Fields:\n\t\n\t* proc.name: cat\n\t\n\t* proc.tty: 34816\n\t\n',
  );
});

test('many small fields are counted beyond what fits', async () => {
  const { settings } = await loadSidekick({ webex: { webhookurl } });
  const fields = Object.fromEntries(Array.from({ length: 512 }, (_, n) => [`-${n}`, '.']));
  const alert = alertWith({ fields, output: '-'.repeat(9000), tags: ['-'.repeat(128)] });
  const { markdown } = webexMessage(settings as unknown as WebexSettings, [deliveryOf(alert)]);
  assert.ok(Buffer.byteLength(markdown) <= 7439);
  assert.match(markdown, /….*: \d+ more fields\n/);
});
