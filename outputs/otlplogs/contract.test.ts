import assert from 'node:assert/strict';
import test from 'node:test';
import { PRIORITIES } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { otlpContract } from '../../test/contract/otlp-contract.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import otlplogs from './index.ts';
import { logsOf } from './payload.ts';

interface Sent {
  readonly resourceLogs: { scopeLogs: { logRecords: LogRecord[] }[] }[];
}

interface LogRecord {
  readonly body: { readonly stringValue: string };
  readonly severityNumber: number;
  readonly attributes: { key: string; value: { stringValue?: string } }[];
}

function recordsIn(documents: readonly unknown[]): LogRecord[] {
  return (documents as Sent[])
    .flatMap(({ resourceLogs }) => resourceLogs)
    .flatMap(({ scopeLogs }) => scopeLogs)
    .flatMap(({ logRecords }) => logRecords);
}

otlpContract(otlplogs, {
  path: '/v1/logs',
  rejected: 'rejectedLogRecords',
  check(documents, deliveries) {
    assert.deepEqual(
      recordsIn(documents).map(({ body }) => body.stringValue),
      deliveries.map(({ alert }) => alert.output),
    );
  },
});

const logs = (fields: boolean) =>
  recordsIn([logsOf({ resource: {}, fields }, [deliveryOf(alertWith())])])[0]!.attributes;

test('otlplogs: an alert is a record at its own time, with its uuid', () => {
  const names = logs(false).map(({ key }) => key);
  const own = ['uuid', 'priority', 'source', 'rule', 'hostname', 'tags', 'timestamp'];
  assert.deepEqual(names, own);
  assert.deepEqual(logs(true).find(({ key }) => key === 'evt.time')?.value, {
    stringValue: '1786406649137331079',
  });
});

test('otlplogs: the severity is that of syslog', () => {
  const deliveries = PRIORITIES.map((priority) => deliveryOf(alertWith({ priority })));
  const records = recordsIn([logsOf({ resource: {}, fields: false }, deliveries)]);
  assert.deepEqual(
    records.map(({ severityNumber }) => severityNumber),
    [21, 19, 18, 17, 13, 10, 9, 5],
  );
});

test("otlplogs: Falcosidekick's keys", async () => {
  const { settings, warnings } = await loadSidekick({
    otlp: { logs: { endpoint: 'http://otel:4318/v1/logs', headers: 'a=b' } },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    url: 'http://otel:4318/v1/logs',
    encoding: 'protobuf',
    headers: { a: 'b' },
    resource: {},
    fields: false,
  });
});
