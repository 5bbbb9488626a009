import assert from 'node:assert/strict';
import test from 'node:test';
import { crc32 } from 'node:zlib';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { startDestination } from '../../test/contract/server.ts';
import { AWS_KEYS } from '../../test/support/aws-request.ts';
import { goldenCases } from '../../test/support/golden.ts';
import s3 from './index.ts';
import { objectHeaders } from './payload.ts';

test('a Falcosidekick configuration writes what Falcosidekick writes', async (t) => {
  const server = await startDestination(t, () => ({ status: 200, headers: { etag: '"x"' } }));
  const enabling = { aws: { s3: { bucket: 'falco', endpoint: server.origin } } };
  for (const { name, delivery, settings } of await goldenCases('awss3', enabling)) {
    const { values } = settingsOf(s3, { ...settings, ...AWS_KEYS, preferEnvironment: false });
    const context = { settings: { values, secrets: [] }, http: httpClient(t) };
    assert.equal(verdictOf(await attempt(s3, context, [delivery])), 'delivered', name);
    const [{ path, headers, bytes } = { path: '', headers: {}, bytes: Buffer.of() }] =
      server.received.splice(0);
    assert.equal(path, `/falco/falco/2026-08-11/20260811T000409150Z-${delivery.key}.json`);
    assert.equal(bytes.toString().trimEnd(), delivery.json);
    const sum = Buffer.from(
      (headers as Record<string, string>)['x-amz-checksum-crc32'] ?? '',
      'base64',
    );
    assert.equal(sum.readUInt32BE(), crc32(bytes));
    assert.equal((headers as Record<string, string>)['x-amz-acl'], 'bucket-owner-full-control');
  }
});

test('an object has the headers that are asked for', () => {
  assert.deepEqual(objectHeaders({}), {});
  assert.deepEqual(objectHeaders({ acl: 'private', kmsKey: 'arn:aws:kms:x' }), {
    'x-amz-acl': 'private',
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:x',
  });
});
