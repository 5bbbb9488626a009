import assert from 'node:assert/strict';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { filledKey, keyMistakes, objectOf, sidekickObjects } from './object-store.ts';

const settings = { key: '<year>/<time>-<key>.ndjson', format: 'falco', compress: true } as const;
const one = deliveryOf(alertWith());
const two = deliveryOf(alertWith({ rule: 'other' }));

test('a batch is one object, a line for each alert, and again the same', async () => {
  const { key, body, contentType } = await objectOf(settings, [one, two]);
  assert.match(key, /^2026\/20260811T000409150Z-[0-9a-f]{32}\.ndjson\.gz$/);
  assert.equal(gunzipSync(body).toString(), `${one.json}\n${two.json}\n`);
  assert.equal(contentType, 'application/gzip');
  assert.deepEqual(await objectOf(settings, [one, two]), { key, body, contentType });
  assert.notEqual((await objectOf(settings, [two, one])).key, key);
});

test('one alert alone has its own key', async () => {
  const { key, contentType } = await objectOf({ ...settings, compress: false }, [one]);
  assert.equal(key, `2026/20260811T000409150Z-${one.key}.ndjson`);
  assert.equal(contentType, 'application/x-ndjson');
});

test('a name is filled in with the time in UTC', () => {
  const timeMs = Date.parse('2026-01-02T03:04:05.006Z');
  assert.equal(filledKey('<year>-<month>-<day>T<hour>/<key>', timeMs, 'k'), '2026-01-02T03/k');
});

test('a name that would lose objects, or leave its place, is a mistake', () => {
  const mistakes = (key: string) => keyMistakes({ key }).length;
  assert.equal(mistakes('falco/<day>/<key>.json'), 0);
  for (const key of [
    'falco/<day>',
    '<alert>-<key>',
    '/a/<key>',
    'a/../<key>',
    'a//<key>',
    '\n<key>',
  ]) {
    assert.equal(mistakes(key), 1, key);
  }
});

test('a prefix of Falcosidekick stands before the day', () => {
  const key = (prefix: string) => sidekickObjects(prefix)['key'];
  assert.equal(key('falco'), 'falco/<year>-<month>-<day>/<time>-<key>.json');
  assert.equal(key('/a/../b/'), 'a/b/<year>-<month>-<day>/<time>-<key>.json');
  assert.equal(key(''), '<year>-<month>-<day>/<time>-<key>.json');
});
