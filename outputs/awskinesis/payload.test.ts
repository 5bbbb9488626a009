import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { recordOf } from '../../src/output/kinesis.ts';
import { streamOf } from './payload.ts';

const delivery = deliveryOf(alertWith());

test('a record is the alert, spread by its own key', () => {
  assert.deepEqual(recordOf({ format: 'falco' }, delivery), {
    Data: Buffer.from(delivery.json).toString('base64'),
    PartitionKey: delivery.key,
  });
});

test('a template says which alerts stay in order', () => {
  const keyOf = (partitionKey: string) =>
    recordOf({ format: 'falco', partitionKey }, delivery).PartitionKey;
  assert.equal(keyOf('{{ .Hostname }}'), 'gpu-node-1');
  assert.equal(keyOf(''), delivery.key);
  assert.equal(keyOf('x'.repeat(300)).length, 256);
});

test('an ARN says where the stream is', () => {
  const stream = 'arn:aws:kinesis:eu-west-1:123456789012:stream/falco';
  assert.deepEqual(streamOf({ stream }), { name: 'falco', region: 'eu-west-1' });
  assert.deepEqual(streamOf({ stream, region: 'x' }), { name: 'falco', region: 'x' });
  assert.deepEqual(streamOf({ stream: 'falco' }), { name: 'falco', region: undefined });
});
