import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, checkAddress } from './address.ts';

const ADDRESSES: Readonly<Record<string, readonly [host: string, port: number] | undefined>> = {
  'redis.example.org:1234': ['redis.example.org', 1234],
  'redis_1.ns.svc': ['redis_1.ns.svc', 6379],
  '10.0.0.1': ['10.0.0.1', 6379],
  '[::1]:1': ['::1', 1],
  '[fd00::a]': ['fd00::a', 6379],
  '[127.0.0.1]:1': ['127.0.0.1', 1],
  '[::]]': undefined,
  '[::::]:1': undefined,
  '[dead]:1': undefined,
  '::1': undefined,
  '': undefined,
  'redis:0': undefined,
  'redis:65536': undefined,
  'redis:': undefined,
  'redis://redis': undefined,
  'user@redis': undefined,
  'a b': undefined,
  'redis:1\n': undefined,
};

for (const [text, expected] of Object.entries(ADDRESSES)) {
  test(`${JSON.stringify(text)} is ${expected?.join(' port ') ?? 'no address'}`, () => {
    const [host, port] = expected ?? [];
    assert.deepEqual(addressOf(text, 6379), expected && { host, port });
    assert.equal(checkAddress('address', text, 6379).length, expected ? 0 : 1);
  });
}

test('without a usual port an address has one of its own', () => {
  assert.deepEqual(addressOf('[::1]:9092'), { host: '::1', port: 9092 });
  assert.equal(addressOf('kafka'), undefined);
});
