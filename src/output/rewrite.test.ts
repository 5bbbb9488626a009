import assert from 'node:assert/strict';
import test from 'node:test';
import type { Alert } from '../alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { fitted, isOlderThan, markedLate } from './rewrite.ts';

test('a late alert is the same alert, with a tag', () => {
  const delivery = deliveryOf(alertWith({ tags: ['container', 'mitre_execution'] }), 600_000);
  const late = markedLate(delivery);
  assert.deepEqual(late.alert, {
    ...delivery.alert,
    tags: ['container', 'late', 'mitre_execution'],
  });
  assert.equal(late.key, delivery.key);
  assert.equal(late.lateMs, 600_000);
  assert.equal(late.json.replace(',"late"', '').length, delivery.json.length);
  assert.deepEqual(markedLate(late), late);
});

test('an alert is too old by its own time', () => {
  const delivery = deliveryOf(alertWith({ time: '2026-11-22T00:00:00Z' }));
  const timeMs = Date.parse('2026-11-22T00:00:00Z');
  assert.equal(isOlderThan(delivery, 1000, timeMs + 1000), false);
  assert.equal(isOlderThan(delivery, 1000, timeMs + 1001), true);
});

const large: readonly [name: string, alert: Partial<Alert>, bytesMax: number, kept: RegExp][] = [
  ['that fits stays as it is', {}, 100_000, /"fd.name":"\/etc\/shadow"/],
  ['has its texts cut', { fields: { a: 'x'.repeat(4000), b: 1 } }, 2500, /"a":"x{1023}…","b":1/],
  ['has its lists cut', { fields: { a: Array<string>(99).fill('xyz') } }, 900, /"a":"xyz, .*…"/],
  ['has its output cut', { output: 'ä'.repeat(16_384) }, 2000, /"output":"ä{255}…"/],
  ['has its fields counted', { fields: manyFields(512) }, 2000, /"…":"512 fields are left out"/],
];

function manyFields(count: number): Alert['fields'] {
  const names = Array.from({ length: count }, (_, n) => `${'n'.repeat(120)}${n}`);
  return Object.fromEntries(names.map((name) => [name, 1]));
}

for (const [name, alert, bytesMax, kept] of large) {
  test(`an alert ${name}`, () => {
    const text = fitted(deliveryOf(alertWith(alert)), bytesMax, ({ json }) => json);
    assert.ok(Buffer.byteLength(text) <= bytesMax, text);
    assert.match(text, kept);
    JSON.parse(text);
  });
}
