import assert from 'node:assert/strict';
import test from 'node:test';
import { isHostPort, parseBytes, parseDuration } from './units.ts';

test('lengths of time are read in milliseconds', () => {
  const read = ['0', '250ms', '1.5s', '5m', '24h', '7d', 0].map(parseDuration);
  assert.deepEqual(read, [0, 250, 1500, 300_000, 86_400_000, 604_800_000, 0]);
  for (const text of ['', '5', '5 s', '-5s', '1h30m', 's', '1e3s', 5]) {
    assert.equal(parseDuration(text), undefined, String(text));
  }
});

test('sizes are read in bytes', () => {
  const read = ['0', '10', '10B', '1kB', '1.5KiB', '2GiB', 7].map(parseBytes);
  assert.deepEqual(read, [0, 10, 10, 1000, 1536, 2 * 1024 ** 3, 7]);
  for (const text of ['', '2Gi', '2 GiB', '-1', '1K', -1]) {
    assert.equal(parseBytes(text), undefined, String(text));
  }
});

test('addresses to listen on', () => {
  for (const text of ['[::]:2801', '127.0.0.1:0', 'localhost:65535', ':2801', '[fe80::1%eth0]:1']) {
    assert.ok(isHostPort(text), text);
  }
  for (const text of [
    '2801',
    '::1:2801',
    'host',
    'host:',
    'host:65536',
    'http://host:1',
    'a b:1',
  ]) {
    assert.ok(!isHostPort(text), text);
  }
});
