import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import redis from './index.ts';
import type { RedisSettings } from './settings.ts';

test('settings that contradict each other are refused', () => {
  const settings = { address: 'redis', plaintext: false, database: 0, store: 'list', key: 'k' };
  const mistakes = (own: object) =>
    redis.validate?.({ ...settings, ...own } as RedisSettings).map(({ path }) => path);
  assert.deepEqual(mistakes({}), []);
  assert.deepEqual(mistakes({ address: 'redis://redis' }), ['address']);
  assert.deepEqual(mistakes({ username: 'falco' }), ['password']);
  assert.deepEqual(mistakes({ streamLengthMax: 5 }), ['streamLengthMax']);
  assert.deepEqual(mistakes({ streamLengthMax: 5, store: 'stream' }), []);
});

const load = (redis: object) => loadSidekick({ redis: { address: 'redis:6379', ...redis } });

test("Falcosidekick's list stays a list, without TLS", async () => {
  const { settings, common, misconfigured } = await load({});
  assert.deepEqual(misconfigured, []);
  assert.deepEqual(settings, {
    address: 'redis:6379',
    plaintext: true,
    database: 0,
    store: 'list',
    key: 'falco',
  });
  assert.equal(common['tls'], undefined);
});

test("every key of Falcosidekick's has its effect", async () => {
  const { settings, common } = await load({
    username: 'falco',
    password: 'secret',
    database: 3,
    storagetype: 'HashMap',
    key: 'alerts',
    tls: true,
    mutualtls: true,
    checkcert: false,
    cacertfile: '/ca.pem',
    certfile: '/cert.pem',
    keyfile: '/key.pem',
    minimumpriority: 'error',
  });
  assert.deepEqual(settings, {
    address: 'redis:6379',
    username: 'falco',
    password: 'secret',
    plaintext: false,
    database: 3,
    store: 'hash',
    key: 'alerts',
  });
  const { tls, minimumPriority } = common;
  const files = { caFile: '/ca.pem', certFile: '/cert.pem', keyFile: '/key.pem' };
  assert.deepEqual(
    { tls, minimumPriority },
    {
      tls: { ...files, verify: false },
      minimumPriority: 'error',
    },
  );
});

test('a user without a password does not log in, as before', async () => {
  const { settings, misconfigured } = await load({ username: 'falco' });
  assert.deepEqual(misconfigured, []);
  assert.equal(settings?.['username'], undefined);
});
