import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { bulkLines } from './payload.ts';

test('a document has its key, and @timestamp once in each schema', () => {
  for (const format of ['falco', 'ecs', 'ocsf'] as const) {
    const delivery = deliveryOf(alertWith());
    const text = bulkLines([delivery], { index: 'soc', format });
    const [action = '', document = ''] = text.split('\n');
    assert.deepEqual(JSON.parse(action), { index: { _index: 'soc', _id: delivery.key } });
    assert.equal(document.split('"@timestamp"').length, 2);
  }
});
