import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import redis from './index.ts';
import { commandsOf, loginOf } from './payload.ts';
import type { RedisSettings } from './settings.ts';

const deliveries = ['A', 'B'].map((rule) => deliveryOf(alertWith({ rule })));
const [a, b] = deliveries.map(({ json }) => json);
const uuid = deliveries[0]?.alert.uuid;

function settings(own: Partial<RedisSettings> = {}): RedisSettings {
  return settingsOf(redis, { address: 'redis', ...own }).values as RedisSettings;
}

test('a stream gets an entry for every alert, which a consumer can recognise', () => {
  assert.deepEqual(commandsOf(settings(), deliveries), [
    ['XADD', 'falco', '*', 'alert', a, 'priority', 'warning', 'delivery_key', deliveries[0]?.key],
    ['XADD', 'falco', '*', 'alert', b, 'priority', 'warning', 'delivery_key', deliveries[1]?.key],
  ]);
});

test('a stream is trimmed where it has a length', () => {
  const [command] = commandsOf(settings({ streamLengthMax: 1000 }), deliveries);
  assert.deepEqual(command?.slice(0, 6), ['XADD', 'falco', 'MAXLEN', '~', '1000', '*']);
});

test('a list and a hash get all alerts by one command', () => {
  assert.deepEqual(commandsOf(settings({ store: 'list', key: 'k' }), deliveries), [
    ['RPUSH', 'k', a, b],
  ]);
  assert.deepEqual(commandsOf(settings({ store: 'hash' }), deliveries), [
    ['HSET', 'falco', uuid, a, uuid, b],
  ]);
});

test('a connection begins with what the settings name, and no more', () => {
  const password = 'secret';
  assert.deepEqual(loginOf(settings()), []);
  assert.deepEqual(loginOf(settings({ password, database: 3 })), [
    ['AUTH', password],
    ['SELECT', '3'],
  ]);
  assert.deepEqual(loginOf(settings({ username: 'falco', password })), [
    ['AUTH', 'falco', password],
  ]);
});
