import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { blocksOf } from './blocks.ts';
import slack from './index.ts';
import type { SlackSettings } from './settings.ts';

const raw = { webhookUrl: 'https://hooks.slack.com/services/T/B/X', blocks: true };
const settings = settingsOf(slack, raw).values as unknown as SlackSettings;
const text = (what: string) => ({ type: 'mrkdwn', text: what, verbatim: true });

test('an alert is a heading with its line, a table, and what stands below', () => {
  const alert = alertWith({ output: '<!channel> & `x`', fields: { 'proc.name': 'cat' } });
  assert.deepEqual(blocksOf(settings, [deliveryOf(alert, 720_000)]).attachments, [
    {
      fallback: '&lt;!channel&gt; &amp; ˋxˋ',
      color: '#ffc700',
      blocks: [
        {
          type: 'section',
          text: text('*[Warning] Read sensitive file untrusted*\n&lt;!channel&gt; &amp; ˋxˋ'),
        },
        {
          type: 'section',
          fields: [
            text('*source*\nsyscall'),
            text('*hostname*\ngpu-node-1'),
            text('*tags*\nT1555, container, filesystem'),
            text('*proc.name*\ncat'),
            text('*time*\n2026-08-11 00:04:09.137331079 +0000 UTC'),
          ],
        },
        { type: 'context', elements: [text('Late by 12 min.'), text(alert.uuid)] },
      ],
    },
  ]);
});

test('many alerts are shown without tables, and the rest is counted', () => {
  const many = Array.from({ length: 60 }, (_, n) => deliveryOf(alertWith({ rule: `Rule ${n}` })));
  const shown = blocksOf({ ...settings, attachmentsMax: 100 }, many);
  assert.equal(shown.text, '25 alerts, and 35 more: 35 Warning');
  assert.ok(shown.attachments.every(({ blocks }) => blocks.length === 2));
});
