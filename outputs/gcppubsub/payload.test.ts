import assert from 'node:assert/strict';
import test from 'node:test';
import type { Alert } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import pubsub from './index.ts';
import { publishBody } from './payload.ts';
import type { PubSubSettings } from './settings.ts';

function messageOf(alert: Partial<Alert>, own: object = {}): Record<string, unknown> {
  const { values } = settingsOf(pubsub, { project: 'my-project', topic: 'alerts', ...own });
  const body = publishBody(values as unknown as PubSubSettings, [deliveryOf(alertWith(alert))]);
  return (JSON.parse(body) as { messages: Record<string, unknown>[] }).messages[0] ?? {};
}

test('a message is the alert, with what subscriptions filter by', () => {
  const { data, attributes, orderingKey } = messageOf({}, { attributes: { cluster: 'prod' } });
  const delivery = deliveryOf(alertWith());
  assert.equal(Buffer.from(String(data), 'base64').toString(), delivery.json);
  assert.deepEqual(attributes, {
    cluster: 'prod',
    priority: 'warning',
    rule: 'Read sensitive file untrusted',
    source: 'syscall',
    uuid: delivery.alert.uuid,
    delivery_key: delivery.key,
  });
  assert.equal(orderingKey, undefined);
});

test('a template says what stays in order, and one that is empty says nothing', () => {
  const ordered = (orderingKey: string) => messageOf({}, { orderingKey })['orderingKey'];
  assert.equal(ordered('{{ .Hostname }}'), 'gpu-node-1');
  assert.equal(ordered(''), undefined);
});

test('no attribute of ones own hides one of the alert, and none is too long', () => {
  const rule = '日'.repeat(1000);
  const { attributes } = messageOf({ rule, source: '' }, { attributes: { priority: 'none' } });
  const own = attributes as Record<string, string>;
  assert.deepEqual([own['priority'], own['source']], ['warning', undefined]);
  assert.equal(own['rule'], `${'日'.repeat(340)}…`);
});
