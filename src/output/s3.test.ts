import assert from 'node:assert/strict';
import test from 'node:test';
import { httpClient } from '../../test/contract/attempt.ts';
import { openAws } from './aws.ts';
import { checksum, objectUrl } from './s3.ts';

test('a checksum is the one that S3 computes', () => {
  // crc32 of "123456789" is cbf43926 (the check value of CRC-32/ISO-HDLC).
  assert.equal(
    checksum(Buffer.from('123456789')),
    Buffer.from('cbf43926', 'hex').toString('base64'),
  );
});

test('a bucket stands in the host, or in the path', (t) => {
  const service = openAws({ region: 'eu-central-1' }, 's3', httpClient(t));
  const url = (name: string, isInPath: boolean) =>
    objectUrl({ service, name, isInPath }, 'a b/ü+&?.json');
  const key = 'a%20b/%C3%BC%2B%26%3F.json';
  assert.equal(url('falco', false), `https://falco.s3.eu-central-1.amazonaws.com/${key}`);
  assert.equal(url('falco', true), `https://s3.eu-central-1.amazonaws.com/falco/${key}`);
  assert.equal(url('a.b', false), `https://s3.eu-central-1.amazonaws.com/a.b/${key}`);
});
