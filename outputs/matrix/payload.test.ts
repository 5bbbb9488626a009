import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import matrix from './index.ts';
import { matrixMessage, transactionId } from './payload.ts';
import type { MatrixSettings } from './settings.ts';

const required = { url: 'https://m.example.org', roomId: '!r:example.org', token: 'syt_x' };

function messageOf(alert: object, own: object = {}) {
  const settings = settingsOf(matrix, { ...required, ...own }).values;
  return matrixMessage(settings as unknown as MatrixSettings, [deliveryOf(alertWith(alert))]);
}

test('a message says the same as text and as HTML', () => {
  const { body, formatted_body: html } = messageOf(
    { output: 'a <b> & "c"', fields: { 'proc.name': 'cat' } },
    { footer: 'R&D' },
  );
  const { uuid } = alertWith();
  const rows = [
    'source: syscall',
    'hostname: gpu-node-1',
    'tags: T1555, container, filesystem',
    'proc.name: cat',
    'time: 2026-08-11 00:04:09.137331079 +0000 UTC',
  ];
  const lines = (...texts: string[]) => texts.join('\n');
  assert.equal(
    body,
    lines(
      '[Warning] Read sensitive file untrusted',
      'a ‹b> & "c"',
      ...rows.map((row) => `- ${row}`),
      `R&D · ${uuid}`,
    ),
  );
  assert.equal(
    html.replaceAll('<br>', '\n'),
    lines(
      '<strong>[Warning] Read sensitive file untrusted</strong>',
      'a ‹b&#62; &#38; &#34;c&#34;',
      ...rows.map((row) => `• <em>${row.replace(':', '</em>:')}`),
      `R&#38;D · ${uuid}`,
    ),
  );
});

test('a notice is one', () => {
  assert.equal(messageOf({}, { notice: true }).msgtype, 'm.notice');
});

test('the transaction is the same for the same alerts only', () => {
  const [one, other] = ['a', 'b'].map((rule) => deliveryOf(alertWith({ rule })));
  assert.equal(transactionId([one!]), transactionId([one!]));
  assert.notEqual(transactionId([one!]), transactionId([one!, other!]));
});
