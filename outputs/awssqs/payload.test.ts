import assert from 'node:assert/strict';
import test from 'node:test';
import type { Alert } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { entryOf } from './payload.ts';

const STANDARD = 'https://sqs.eu-central-1.amazonaws.com/123456789012/falco';

function entry(alert: Partial<Alert> = {}, url = STANDARD, group = 'tocsin') {
  return entryOf({ url, group, format: 'falco' }, deliveryOf(alertWith(alert)), 3);
}

test('a message is the alert, and its key', () => {
  const { json, key } = deliveryOf(alertWith());
  assert.deepEqual(entry(), {
    Id: '3',
    MessageBody: json,
    MessageAttributes: { delivery_key: { DataType: 'String', StringValue: key } },
  });
});

test('in a FIFO queue a resend has the same id, and a group its order', () => {
  const { key } = deliveryOf(alertWith());
  const group = (template: string) => entry({}, `${STANDARD}.fifo`, template).MessageGroupId;
  assert.equal(entry({}, `${STANDARD}.fifo`).MessageDeduplicationId, key);
  assert.equal(group('{{ .Hostname }}'), 'gpu-node-1');
  assert.equal(group(''), 'tocsin');
  assert.match(group('{{ .Rule }}') ?? '', /^[0-9a-f]{64}$/);
});

test('no character keeps an alert out', () => {
  const { MessageBody } = entry({ rule: 'a\ufffe\uffff\u0000b' });
  assert.doesNotMatch(MessageBody, /[\p{Cc}\ufffe\uffff]/u);
  assert.equal((JSON.parse(MessageBody) as { rule: string }).rule, 'a\ufffe\uffff\u0000b');
});
