import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageTypeDefinition } from '@grpc/proto-loader';
import { services } from '../../proto/index.ts';
import { statusIn } from './status.ts';

function encoded(name: string, message: object): Buffer {
  return (services[name] as MessageTypeDefinition<object, object>).serialize(message);
}

function detailsWith(type: string, value: Buffer): string {
  const details = [{ type_url: `type.googleapis.com/${type}`, value }];
  return encoded('google.rpc.Status', { code: 8, message: 'no', details }).toString('base64');
}

for (const [trailers, code, message] of [
  [{ 'grpc-status': '8', 'grpc-message': 'wait%20a%20bit' }, 'RESOURCE_EXHAUSTED', 'wait a bit'],
  [{ 'grpc-status': '0' }, 'OK', ''],
  [{ 'grpc-status': '99', 'grpc-message': '%zz' }, 'UNKNOWN', '%zz'],
  [{ 'grpc-status': 'x' }, 'UNKNOWN', ''],
  [{}, 'UNKNOWN', ''],
] as const) {
  test(`${JSON.stringify(trailers)} is ${code}`, () => {
    assert.deepEqual(statusIn(trailers), { code, message, retryDelayMs: undefined });
  });
}

const delay = { retry_delay: { seconds: 2, nanos: 500_000_000 } };

for (const [what, details, retryDelayMs] of [
  [
    'RetryInfo says when to come back',
    detailsWith('google.rpc.RetryInfo', encoded('google.rpc.RetryInfo', delay)),
    2500,
  ],
  ['RetryInfo may say nothing', detailsWith('google.rpc.RetryInfo', Buffer.of()), undefined],
  ['other details say nothing of it', detailsWith('google.rpc.Help', Buffer.of()), undefined],
  ['details that are none do no harm', Buffer.of(0x1a, 0xff, 0xff).toString('base64'), undefined],
] as const) {
  test(what, () => {
    const status = statusIn({ 'grpc-status': '8', 'grpc-status-details-bin': details });
    assert.equal(status.retryDelayMs, retryDelayMs);
  });
}
