import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertWith } from '../../test/contract/alerts.ts';
import { alertToJson, deliveryKey } from '../json.ts';
import type { StoredAlert } from '../queue/queue.ts';
import { StoredDelivery } from './delivery.ts';

const alert = alertWith({
  ingest: { input: 'grpc', agent: 'falco', peer: '10.0.0.7', origin: 'token:edge', hops: 3 },
});
const receivedAtMs = Date.parse(alert.receivedAt);

function stored(changes: Partial<StoredAlert> = {}): StoredAlert {
  const json = alertToJson(alert);
  return { json, ingest: JSON.stringify(alert.ingest), receivedAtMs, ...changes } as StoredAlert;
}

test('a delivery is the alert that was stored, digit for digit', () => {
  const delivery = new StoredDelivery(stored(), receivedAtMs);
  assert.deepEqual(delivery.alert, alert);
  assert.equal(delivery.alert, delivery.alert);
  assert.equal(delivery.key, deliveryKey(alertToJson(alert)));
  assert.equal(delivery.lateMs, undefined);
});

test('where an alert came from is known without reading the alert', () => {
  const delivery = new StoredDelivery(stored({ json: 'not JSON' }), receivedAtMs);
  assert.deepEqual(delivery.ingest, alert.ingest);
  assert.equal(delivery.ingest, delivery.ingest);
  assert.throws(() => delivery.alert);
});

test('an alert that waited says for how long', () => {
  const delivery = new StoredDelivery(stored(), receivedAtMs + 3_600_000);
  assert.equal(delivery.lateMs, 3_600_000);
});
