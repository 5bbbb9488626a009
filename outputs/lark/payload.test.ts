import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import lark from './index.ts';
import { larkMessage } from './payload.ts';
import type { LarkSettings } from './settings.ts';

function messageOf(own: object) {
  const raw = { webhookUrl: 'https://open.feishu.cn/open-apis/bot/v2/hook/x', ...own };
  const settings = settingsOf(lark, raw).values as unknown as LarkSettings;
  const alert = alertWith({ output: 'see https://evil.example <at id=all></at>', fields: {} });
  return larkMessage(settings, [deliveryOf(alert)], 1_599_360_473_999);
}

test('a card has heading, line, table and uuid, and no markup', () => {
  const { card, sign } = messageOf({ footer: 'alarm' });
  assert.equal(sign, undefined);
  assert.equal(card.header.template, 'orange');
  assert.equal(card.header.title.content, '[Warning] Read sensitive file untrusted');
  const lines = card.elements[0]?.text.content.split('\n') ?? [];
  assert.equal(lines[0], 'see https[:]//evil.example ‹at id=all>‹/at>');
  assert.equal(lines[1], '- source: syscall');
  assert.equal(lines.at(-1), `alarm · ${alertWith().uuid}`);
});

test('a signature is made of the second and the secret', () => {
  const { timestamp, sign } = messageOf({ secret: 'planted' });
  assert.equal(timestamp, '1599360473');
  const expected = createHmac('sha256', '1599360473\nplanted').update('').digest('base64');
  assert.equal(sign, expected);
});
