import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { webUiRequest } from './payload.ts';

test('the alert stands beside the names of outputs, with every digit', () => {
  const delivery = deliveryOf(alertWith());
  const { url, body = '' } = webUiRequest({ url: 'http://ui', outputs: ['a"b'] }, delivery);
  assert.equal(url, 'http://ui');
  assert.equal(body, `{"event":${delivery.json},"outputs":["a\\"b"]}`);
  assert.match(body, /"evt\.time":1786406649137331079/);
});
