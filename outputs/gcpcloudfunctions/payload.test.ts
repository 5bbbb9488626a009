import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { callBody } from './payload.ts';

test('the function gets the alert as text', () => {
  const delivery = deliveryOf(alertWith());
  assert.deepEqual(JSON.parse(callBody(delivery)), { data: delivery.json });
});
