import assert from 'node:assert/strict';
import test from 'node:test';
import { httpClient, verdictOf } from '../../test/contract/attempt.ts';
import { startDestination } from '../../test/contract/server.ts';
import { resultOfError } from './http-result.ts';
import { awsMistakes, openAws, regionIn } from './aws.ts';

const keys = { region: 'eu-central-1', accessKeyId: 'AKIDPLANTED', secretAccessKey: 'planted' };

test('a call names its target, and is signed for the service', async (t) => {
  const server = await startDestination(t, () => ({ status: 200, body: '{}' }));
  const service = openAws({ ...keys, endpoint: server.origin }, 'kinesis', httpClient(t));
  await service.call('Kinesis_20131202.PutRecords', '{}', AbortSignal.timeout(60_000));
  const [{ headers } = { headers: {} as Record<string, string> }] = server.received;
  assert.equal(headers['x-amz-target'], 'Kinesis_20131202.PutRecords');
  assert.equal(headers['content-type'], 'application/x-amz-json-1.1');
  assert.match(
    headers['authorization'] ?? '',
    /^AWS4-HMAC-SHA256 Credential=AKIDPLANTED\/\d{8}\/eu-central-1\/kinesis\/aws4_request,/,
  );
});

test('without an endpoint it is that of the region', (t) => {
  const url = (region: string) => openAws({ ...keys, region }, 'sns', httpClient(t)).url('/x');
  assert.equal(url('eu-central-1'), 'https://sns.eu-central-1.amazonaws.com/x');
  assert.equal(url('cn-north-1'), 'https://sns.cn-north-1.amazonaws.com.cn/x');
});

test('what the environment gives goes first where that is wanted, else the keys', async (t) => {
  const server = await startDestination(t, () => ({ status: 200, body: '{}' }));
  const settings = { ...keys, endpoint: server.origin, preferEnvironment: true };
  const given = { AWS_ACCESS_KEY_ID: 'AKIDGIVEN', AWS_SECRET_ACCESS_KEY: 'planted' };
  for (const [environment, id] of [
    [given, 'AKIDGIVEN'],
    [{ AWS_EC2_METADATA_DISABLED: 'true' }, 'AKIDPLANTED'],
  ] as const) {
    const service = openAws(settings, 'sqs', httpClient(t), environment);
    for (let times = 0; times < 2; times += 1) {
      await service.call('AmazonSQS.SendMessageBatch', '{}', AbortSignal.timeout(60_000), '1.0');
      const { authorization = '' } = server.received.pop()?.headers ?? {};
      assert.ok(authorization.includes(`Credential=${id}/`), authorization);
    }
  }
});

test('without any credentials it waits', async (t) => {
  const { region } = keys;
  const settings = { region, endpoint: 'http://127.0.0.1:9', preferEnvironment: true };
  const environment = { AWS_EC2_METADATA_DISABLED: 'true' };
  const service = openAws(settings, 'sqs', httpClient(t), environment);
  const refused = await service
    .call('AmazonSQS.SendMessageBatch', '{}', AbortSignal.timeout(60_000))
    .then(() => assert.fail('no credentials'), resultOfError);
  assert.equal(verdictOf(refused), 'retry/auth');
});

test('a region is read from an ARN or a host', () => {
  assert.equal(regionIn('arn:aws:sns:us-gov-west-1:123456789012:falco'), 'us-gov-west-1');
  assert.equal(regionIn('https://sqs.eu-west-1.amazonaws.com/1/q'), 'eu-west-1');
  assert.equal(regionIn('https://eu-west-1.queue.amazonaws.com/1/q'), 'eu-west-1');
  assert.equal(regionIn('https://queue.example.org/1/q'), undefined);
});

test('an endpoint is a URL', () => {
  assert.deepEqual(
    awsMistakes({ endpoint: 'localhost' }).map(({ path }) => path),
    ['endpoint'],
  );
});
