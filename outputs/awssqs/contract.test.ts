import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { attempt, httpClient, settingsOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { type Received, startDestination } from '../../test/contract/server.ts';
import { AWS_KEYS, callIn } from '../../test/support/aws-request.ts';
import sqs from './index.ts';
import type { Entry } from './payload.ts';

const settings = (origin: string) => ({ url: `${origin}/123456789012/falco.fifo`, ...AWS_KEYS });

function entriesIn(request: Received): Entry[] {
  const input = callIn(request, 'sqs', 'AmazonSQS.SendMessageBatch');
  assert.match(String(input['QueueUrl']), /^http:\/\/127\.0\.0\.1:\d+\/123456789012\/falco\.fifo$/);
  const entries = input['Entries'] as Entry[];
  assert.ok(entries.length <= 10);
  assert.equal(new Set(entries.map(({ Id }) => Id)).size, entries.length);
  const bytes = entries.map(({ MessageBody }) => Buffer.byteLength(MessageBody) + 50);
  assert.ok(bytes.reduce((sum, size) => sum + size) <= 256 * 1024);
  return entries;
}

httpContract(sqs, {
  settings,
  accepted: (request) => ({
    status: 200,
    body: JSON.stringify({
      Successful: entriesIn(request).map(({ Id }) => ({ Id, MessageId: 'm' })),
    }),
  }),
  check(requests, deliveries) {
    const entries = requests.flatMap(entriesIn);
    assert.equal(entries.length, deliveries.length);
    for (const [n, entry] of entries.entries()) {
      const { alert, key } = deliveries[n]!;
      const { MessageBody, MessageDeduplicationId } = entry;
      assert.equal((JSON.parse(MessageBody) as { uuid: string }).uuid, alert.uuid);
      assert.equal(MessageDeduplicationId, key);
      // https://www.w3.org/TR/REC-xml/#charsets
      assert.doesNotMatch(MessageBody, /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
    }
  },
  sendsNumbers: false,
  lookalikes: [{ status: 200 }, { status: 200, body: '{"Successful":[]}' }, { status: 204 }],
  oddAlerts: 100,
});

const error = (type: string) => ({ __type: `com.amazonaws.sqs#${type}`, message: 'planted' });

answersMean(sqs, settings, [
  [400, error('QueueDoesNotExist'), 'retry/client'],
  [400, error('RequestThrottled'), 'retry/rateLimited'],
  [400, error('InvalidMessageContents'), 'reject/payload'],
  [403, error('AccessDenied'), 'retry/auth'],
  [403, { __type: 'InvalidClientTokenId' }, 'retry/auth'],
]);

test('awssqs: each message has its own answer', async (t) => {
  const server = await startDestination(t, (request) => {
    const [one, two] = entriesIn(request);
    const Failed = [
      { Id: one?.Id, Code: 'InvalidMessageContents', SenderFault: true },
      { Id: two?.Id, Code: 'InternalError', SenderFault: false },
    ];
    const Successful = entriesIn(request).slice(2);
    return { status: 200, body: JSON.stringify({ Successful, Failed }) };
  });
  const context = { settings: settingsOf(sqs, settings(server.origin)), http: httpClient(t) };
  const deliveries = ['a', 'b', 'c'].map((rule) => deliveryOf(alertWith({ rule })));
  const result = await attempt(sqs, context, deliveries);
  assert.ok(result.outcome === 'partial');
  const outcomes = result.results.map(({ outcome }) => outcome);
  assert.deepEqual(outcomes, ['reject', 'retry', 'delivered']);
});
