import assert from 'node:assert/strict';
import test from 'node:test';
import { PRIORITIES } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { recordsIn } from '../../test/support/otlp-logs.ts';
import { logsOf } from './payload.ts';

const logs = (fields: boolean) =>
  recordsIn([logsOf({ resource: {}, fields }, [deliveryOf(alertWith())])])[0]!.attributes;

test('an alert is a record at its own time, with its uuid', () => {
  const names = logs(false).map(({ key }) => key);
  const own = ['uuid', 'priority', 'source', 'rule', 'hostname', 'tags', 'timestamp'];
  assert.deepEqual(names, own);
  assert.deepEqual(logs(true).find(({ key }) => key === 'evt.time')?.value, {
    stringValue: '1786406649137331079',
  });
});

test('the severity is that of syslog', () => {
  const deliveries = PRIORITIES.map((priority) => deliveryOf(alertWith({ priority })));
  const records = recordsIn([logsOf({ resource: {}, fields: false }, deliveries)]);
  assert.deepEqual(
    records.map(({ severityNumber }) => severityNumber),
    [21, 19, 18, 17, 13, 10, 9, 5],
  );
});
