import assert from 'node:assert/strict';
import test from 'node:test';
import type { OutputDefinition } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../contract/alerts.ts';
import { answersMean } from '../contract/answers.ts';
import { attempt, httpClient, settingsOf } from '../contract/attempt.ts';
import { httpContract } from '../contract/http-contract.ts';
import { type Received, startDestination } from '../contract/server.ts';
import { callIn } from './aws-request.ts';

interface Record {
  readonly Data: string;
  readonly PartitionKey: string;
}

/** What every output to a stream that speaks like Kinesis must do. */
export function streamContract(
  definition: OutputDefinition,
  settings: (endpoint: string) => object,
  expected: { readonly stream: string; readonly region: string },
): void {
  function recordsIn(request: Received): Record[] {
    const input = callIn(request, 'kinesis', 'Kinesis_20131202.PutRecords', expected.region);
    assert.equal(input['StreamName'], expected.stream);
    const records = input['Records'] as Record[];
    assert.ok(records.length <= 500);
    return records;
  }
  const taken = (request: Received) =>
    recordsIn(request).map((_, n) => ({ SequenceNumber: String(n), ShardId: 'shardId-0' }));

  httpContract(definition, {
    settings,
    accepted: (request) => ({
      status: 200,
      body: JSON.stringify({ FailedRecordCount: 0, Records: taken(request) }),
    }),
    check(requests, deliveries) {
      const records = requests.flatMap(recordsIn);
      assert.equal(records.length, deliveries.length);
      for (const [n, { Data, PartitionKey }] of records.entries()) {
        const { key, alert } = deliveries[n]!;
        const bytes = Buffer.from(Data, 'base64');
        assert.ok(bytes.length + PartitionKey.length <= 1024 * 1024);
        assert.equal((JSON.parse(bytes.toString()) as { uuid: string }).uuid, alert.uuid);
        assert.equal(PartitionKey, key);
      }
    },
    sendsNumbers: false,
    lookalikes: [{ status: 200 }, { status: 200, body: '{"Records":[]}' }, { status: 204 }],
    oddAlerts: 100,
  });

  const error = (type: string) => ({ __type: type, message: 'planted' });
  answersMean(definition, settings, [
    [400, error('ResourceNotFoundException'), 'retry/client'],
    [400, error('ProvisionedThroughputExceededException'), 'retry/rateLimited'],
    [400, error('AccessDeniedException'), 'retry/auth'],
    [400, error('UnrecognizedClientException'), 'retry/auth'],
    [400, error('InvalidArgumentException'), 'reject/payload'],
    [500, error('InternalFailure'), 'retry/server'],
  ]);

  test(`${definition.id}: a record that its shard refuses waits, the others are delivered`, async (t) => {
    const server = await startDestination(t, (request) => {
      const [, ...others] = taken(request);
      const refused = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'rate' };
      return { status: 200, body: JSON.stringify({ Records: [refused, ...others] }) };
    });
    const context = {
      settings: settingsOf(definition, settings(server.origin)),
      http: httpClient(t),
    };
    const deliveries = ['a', 'b'].map((rule) => deliveryOf(alertWith({ rule })));
    const result = await attempt(definition, context, deliveries);
    assert.ok(result.outcome === 'partial');
    assert.deepEqual(
      result.results.map(({ outcome }) => outcome),
      ['retry', 'delivered'],
    );
  });
}
