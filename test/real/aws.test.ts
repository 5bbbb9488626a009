import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import awscloudwatchlogs from '../../outputs/awscloudwatchlogs/index.ts';
import awskinesis from '../../outputs/awskinesis/index.ts';
import awslambda from '../../outputs/awslambda/index.ts';
import awss3 from '../../outputs/awss3/index.ts';
import awssecuritylake from '../../outputs/awssecuritylake/index.ts';
import awssns from '../../outputs/awssns/index.ts';
import awssqs from '../../outputs/awssqs/index.ts';
import { type AwsService, openAws } from '../../src/output/aws.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { httpClient, verdictOf } from '../contract/attempt.ts';
import { startService } from '../services/service.ts';
import { corpusArrives } from '../support/arrivals.ts';
import { AWS_KEYS } from '../support/aws-request.ts';
import { numbered, openOutput } from '../support/open-output.ts';

/** What moto, which emulates AWS, makes of the outputs; what it has is read back from it. */

const ACCOUNT = '123456789012';

test('aws: an emulator', { timeout: 600_000 }, async (t) => {
  const service = await startService(t, 'moto');
  if (service === undefined) return;
  const { MOTO_URL: endpoint = '' } = service;
  const keys = { ...AWS_KEYS, endpoint };
  const at = (t: TestContext, name: string) => openAws(keys, name, httpClient(t));

  await t.test('SQS: a standard queue, and a FIFO queue that takes no alert twice', async (t) => {
    const sqs = at(t, 'sqs');
    for (const [name, attributes, expected] of [
      ['falco', {}, 50],
      ['falco.fifo', { FifoQueue: 'true' }, 25],
    ] as const) {
      await sqsCall(sqs, 'CreateQueue', { QueueName: name, Attributes: attributes });
      const url = `${endpoint}/${ACCOUNT}/${name}`;
      const { send } = await openOutput(t, awssqs, { ...AWS_KEYS, url });
      for (let times = 0; times < 2; times += 1) {
        assert.equal(verdictOf(await send(numbered(25))), 'delivered');
      }
      assert.equal(await countIn(sqs, url), expected, name);
    }
    const url = `${endpoint}/${ACCOUNT}/nowhere`;
    const missing = await openOutput(t, awssqs, { ...AWS_KEYS, url });
    assert.equal(verdictOf(await missing.send()), 'retry/client');
  });

  await t.test('SNS: messages reach a queue that subscribes', async (t) => {
    const sqs = at(t, 'sqs');
    const sns = at(t, 'sns');
    await snsCall(sns, { Action: 'CreateTopic', Name: 'falco' });
    await sqsCall(sqs, 'CreateQueue', { QueueName: 'subscriber' });
    const arnOf = (of: string, name: string) =>
      `arn:aws:${of}:${AWS_KEYS.region}:${ACCOUNT}:${name}`;
    const topicArn = arnOf('sns', 'falco');
    await snsCall(sns, {
      Action: 'Subscribe',
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: arnOf('sqs', 'subscriber'),
    });
    for (const message of ['json', 'text']) {
      const { send } = await openOutput(t, awssns, { ...keys, topicArn, message });
      assert.equal(verdictOf(await send(numbered(12))), 'delivered', message);
    }
    assert.equal(await countIn(sqs, `${endpoint}/${ACCOUNT}/subscriber`), 24);
    const nowhere = { ...keys, topicArn: arnOf('sns', 'nowhere') };
    const missing = await openOutput(t, awssns, nowhere);
    assert.equal(verdictOf(await missing.send()), 'retry/client');
  });

  await t.test('Kinesis: a record for each alert', async (t) => {
    const kinesis = at(t, 'kinesis');
    const call = (target: string, input: object) =>
      jsonCall(kinesis, `Kinesis_20131202.${target}`, input);
    const StreamName = 'falco';
    await call('CreateStream', { StreamName, ShardCount: 1 });
    const { send } = await openOutput(t, awskinesis, { ...keys, stream: StreamName });
    const sent = numbered(40);
    assert.equal(verdictOf(await send(sent)), 'delivered');
    const first = {
      StreamName,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    };
    const { ShardIterator } = await call('GetShardIterator', first);
    const { Records } = await call('GetRecords', { ShardIterator });
    const texts = (Records as { Data: string }[]).map(({ Data }) =>
      Buffer.from(Data, 'base64').toString(),
    );
    assert.deepEqual(texts.toSorted(), sent.map(({ json }) => json).toSorted());
    const missing = await openOutput(t, awskinesis, { ...keys, stream: 'nowhere' });
    assert.equal(verdictOf(await missing.send()), 'retry/client');
  });

  await t.test('Kinesis: the corpus arrives, each alert once, with every digit', async (t) => {
    const kinesis = at(t, 'kinesis');
    const StreamName = 'corpus';
    const call = async (target: string, input: object) =>
      output(
        await kinesis.request({
          method: 'POST',
          url: kinesis.url('/'),
          headers: {
            'content-type': 'application/x-amz-json-1.1',
            'x-amz-target': `Kinesis_20131202.${target}`,
          },
          body: JSON.stringify({ StreamName, ...input }),
          signal,
          answerBytesMax: 16 * 1024 * 1024,
        }),
      );
    await call('CreateStream', { ShardCount: 1 });
    const first = { ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
    await corpusArrives(t, { type: 'awskinesis', ...keys, stream: StreamName }, async () => {
      const { ShardIterator } = await call('GetShardIterator', first);
      const { Records } = await call('GetRecords', { StreamName: undefined, ShardIterator });
      return (Records as { Data: string }[]).map(({ Data }) =>
        Buffer.from(Data, 'base64').toString(),
      );
    });
  });

  await t.test('S3: the corpus arrives', async (t) => {
    const s3 = at(t, 's3');
    await makeBucket(s3, 'corpus');
    const settings = { bucket: 'corpus', compress: false, batch: { wait: '100ms' } };
    await corpusArrives(t, { type: 'awss3', ...keys, ...settings }, async () => {
      const names = await namesIn(s3, 'corpus');
      const objects = await Promise.all(
        names.map((name) =>
          s3.request({ url: s3.url(`/corpus/${name}`), signal, answerBytesMax: 16 * 1024 * 1024 }),
        ),
      );
      return objects.flatMap(({ text }) => text.trimEnd().split('\n'));
    });
  });

  await t.test('S3: a batch is an object, and stays one when it is sent again', async (t) => {
    const s3 = at(t, 's3');
    const signal = AbortSignal.timeout(60_000);
    await makeBucket(s3, 'falco');
    const sent = numbered(30);
    const { send } = await openOutput(t, awss3, { ...keys, bucket: 'falco', compress: false });
    for (let times = 0; times < 2; times += 1)
      assert.equal(verdictOf(await send(sent)), 'delivered');
    const names = await namesIn(s3, 'falco');
    assert.equal(names.length, 1);
    const object = await s3.request({ url: s3.url(`/falco/${names[0]}`), signal });
    assert.equal(object.text, sent.map(({ json }) => `${json}\n`).join(''));
    const missing = await openOutput(t, awss3, { ...keys, bucket: 'nowhere' });
    assert.equal(verdictOf(await missing.send()), 'retry/client');
  });

  await t.test('Security Lake: an object in Parquet', async (t) => {
    const s3 = at(t, 's3');
    const signal = AbortSignal.timeout(60_000);
    const own = { bucket: 'falco', prefix: 'ext/falco', accountId: ACCOUNT };
    const { send } = await openOutput(t, awssecuritylake, { ...keys, ...own });
    assert.equal(verdictOf(await send(numbered(30))), 'delivered');
    const list = await s3.request({ url: s3.url('/falco?list-type=2&prefix=ext'), signal });
    assert.match(
      list.text,
      /<Key>ext\/falco\/region=eu-central-1\/accountId=123456789012\/eventDay=20260811\/\w{32}\.parquet</,
    );
  });

  await t.test('CloudWatch Logs: the stream is made, and old alerts say so', async (t) => {
    const logs = at(t, 'logs');
    const call = (target: string, input: object) =>
      jsonCall(logs, `Logs_20140328.${target}`, input);
    await call('CreateLogGroup', { logGroupName: 'falco' });
    const { send } = await openOutput(t, awscloudwatchlogs, { ...keys, logGroup: 'falco' });
    const startedMs = Date.now();
    assert.equal(verdictOf(await send(numbered(20))), 'delivered');
    const { events } = await call('FilterLogEvents', { logGroupName: 'falco' });
    const stored = events as { timestamp: number; message: string }[];
    assert.equal(stored.length, 20);
    for (const { timestamp, message } of stored) {
      const isLate = message.includes('"late"');
      assert.equal(timestamp >= startedMs - 1000, isLate, message);
    }
    const missing = await openOutput(t, awscloudwatchlogs, { ...keys, logGroup: 'nowhere' });
    assert.equal(verdictOf(await missing.send()), 'retry/client');
  });

  await t.test('Lambda: a function gets the alert', async (t) => {
    for (const invocationType of ['RequestResponse', 'Event']) {
      const settings = { ...keys, function: 'on-alert', invocationType };
      const { send } = await openOutput(t, awslambda, settings);
      assert.equal(verdictOf(await send()), 'delivered', invocationType);
    }
  });
});

const signal = AbortSignal.timeout(600_000);

function output({ status, text }: HttpAnswer): Record<string, unknown> {
  assert.equal(status, 200, text);
  return JSON.parse(text || '{}') as Record<string, unknown>;
}

async function jsonCall(service: AwsService, target: string, input: object) {
  return output(await service.call(target, JSON.stringify(input), signal));
}

async function sqsCall(service: AwsService, action: string, input: object) {
  return output(await service.call(`AmazonSQS.${action}`, JSON.stringify(input), signal, '1.0'));
}

async function snsCall(service: AwsService, form: Record<string, string>): Promise<void> {
  const { status, text } = await service.request({
    method: 'POST',
    url: service.url('/'),
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({ Version: '2010-03-31', ...form }).toString(),
    signal,
  });
  assert.equal(status, 200, text);
}

async function makeBucket(s3: AwsService, name: string): Promise<void> {
  const place = `<LocationConstraint>${AWS_KEYS.region}</LocationConstraint>`;
  const body = `<CreateBucketConfiguration>${place}</CreateBucketConfiguration>`;
  const { status, text } = await s3.request({
    method: 'PUT',
    url: s3.url(`/${name}`),
    body,
    signal,
  });
  assert.equal(status, 200, text);
}

/** The names of its objects. */
async function namesIn(s3: AwsService, bucket: string): Promise<string[]> {
  const { text } = await s3.request({ url: s3.url(`/${bucket}?list-type=2`), signal });
  return [...text.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, name = '']) => name);
}

async function countIn(sqs: AwsService, QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages'];
  const { Attributes } = await sqsCall(sqs, 'GetQueueAttributes', { QueueUrl, AttributeNames });
  return Number((Attributes as Record<string, string>)['ApproximateNumberOfMessages']);
}
