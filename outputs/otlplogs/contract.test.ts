import assert from 'node:assert/strict';
import test from 'node:test';
import { otlpContract } from '../../test/contract/otlp-contract.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { recordsIn } from '../../test/support/otlp-logs.ts';
import otlplogs from './index.ts';

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
