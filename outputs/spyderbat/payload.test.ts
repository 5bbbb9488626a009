import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { recordsOf } from './payload.ts';

test('a record is what Falcosidekick makes of an alert', () => {
  const output = '00:04:09.137331079: Warning Sensitive file opened';
  const delivery = deliveryOf(
    alertWith({ output, fields: { 'proc.pid': 7, 'container.id': 'c' } }),
  );
  const { receivedAtMs } = delivery;
  assert.deepEqual(JSON.parse(recordsOf([delivery])), {
    schema: 'falco_alert::1.0.0',
    id: delivery.alert.uuid,
    monotonic_time: receivedAtMs / 1000,
    orc_time: receivedAtMs / 1000,
    time: 1_786_406_649,
    pid: 7,
    level: 'medium',
    msg: ['Sensitive', 'file', 'opened'],
    args: { 'proc.pid': 7, 'container.id': 'c' },
    container: 'c',
  });
  const digits = recordsOf([deliveryOf(alertWith())]);
  assert.match(digits, /"evt\.time":1786406649137331079,/);
});
