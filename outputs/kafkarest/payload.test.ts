import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { recordsOf } from './payload.ts';

test('a record is the alert, with a key where one is asked for', () => {
  const delivery = deliveryOf(alertWith());
  const value = Buffer.from(delivery.json).toString('base64');
  assert.deepEqual(JSON.parse(recordsOf({ key: 'none' }, [delivery, delivery])), {
    records: [{ value }, { value }],
  });
  const key = Buffer.from('gpu-node-1').toString('base64');
  assert.deepEqual(JSON.parse(recordsOf({ key: 'hostname' }, [delivery])), {
    records: [{ key, value }],
  });
});
