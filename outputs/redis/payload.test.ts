import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { inPieces } from '../../src/output/pieces.ts';
import redis from './index.ts';
import { commandsOf, loginOf } from './payload.ts';
import { readReply } from './replies.ts';
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

test('replies are read, however they come', () => {
  const text = '+OK\r\n:7\r\n$5\r\na\r\nbc\r\n$-1\r\n-WRONGTYPE Operation against\r\n$0\r\n\r\n';
  const expected = [
    { ok: true, value: 'OK' },
    { ok: true, value: '7' },
    { ok: true, value: 'a\r\nbc' },
    { ok: true, value: null },
    { ok: false, code: 'WRONGTYPE', message: 'WRONGTYPE Operation against' },
    { ok: true, value: '' },
  ];
  for (let size = 1; size <= text.length; size += 1) {
    const { read } = inPieces((data) => readReply(data, 'redis:6379'));
    const replies = [];
    for (let from = 0; from < text.length; from += size) {
      replies.push(...read(Buffer.from(text.slice(from, from + size))));
    }
    assert.deepEqual(replies, expected, `pieces of ${size}`);
  }
});

for (const text of ['HTTP/1.1 400', '*1\r\n', '$-2\r\n', '$x\r\n', '$99999999999\r\n', '\0']) {
  test(`${JSON.stringify(text)} is no reply`, () => {
    assert.throws(() => readReply(Buffer.from(text), 'redis:6379'), /is no Redis/);
  });
}
