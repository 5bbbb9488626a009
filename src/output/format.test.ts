import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import {
  ageText,
  countsText,
  mostSevereFirst,
  ndjson,
  oneLine,
  truncate,
  truncateBytes,
} from './format.ts';

test('oneLine leaves no line break and marks bidirectional controls', () => {
  assert.equal(oneLine('a\r\nb\tc\u0000d\u2028e'), 'a b c d e');
  assert.equal(oneLine('invoice\u202Efdp.exe'), 'invoice\ufffdfdp.exe');
});

test('truncate keeps to its length and never cuts a character in two', () => {
  assert.equal(truncate('abcdef', 6), 'abcdef');
  assert.equal(truncate('abcdefg', 6), 'abcde…');
  assert.equal(truncate('abcd🦀fgh', 6), 'abcd…');
  assert.equal(truncate('abc🦀efgh', 6), 'abc🦀…');
});

test('truncateBytes counts UTF-8, and never cuts a character in two', () => {
  assert.equal(truncateBytes('abcdef', 6), 'abcdef');
  assert.equal(truncateBytes('abcdefg', 6), 'abc…');
  assert.equal(truncateBytes('äöü', 6), 'äöü');
  assert.equal(truncateBytes('aäöü', 6), 'aä…');
  assert.equal(truncateBytes('🦀🦀', 7), '🦀…');
  assert.equal(truncateBytes('🦀🦀', 6), '…');
});

test('ageText names the two largest units', () => {
  const cases: [number, string][] = [
    [-5, '0 s'],
    [45_900, '45 s'],
    [12 * 60_000 + 59_000, '12 min'],
    [2 * 3_600_000, '2 h'],
    [2 * 3_600_000 + 5 * 60_000, '2 h 5 min'],
    [3 * 86_400_000 + 4 * 3_600_000 + 59_000, '3 d 4 h'],
  ];
  for (const [ageMs, text] of cases) assert.equal(ageText(ageMs), text);
});

test('countsText counts by priority, most severe first', () => {
  const alerts = (['notice', 'critical', 'notice', 'debug'] as const).map((priority) => ({
    priority,
  }));
  assert.equal(countsText(alerts), '1 Critical, 2 Notice, 1 Debug');
  assert.equal(countsText([]), '');
});

test('mostSevereFirst keeps the order within a priority', () => {
  const alerts = [
    alertWith({ priority: 'debug', rule: 'a' }),
    alertWith({ priority: 'emergency', rule: 'b' }),
    alertWith({ priority: 'debug', rule: 'c' }),
  ];
  const sorted = mostSevereFirst(alerts.map((alert) => deliveryOf(alert)));
  assert.deepEqual(
    sorted.map(({ alert }) => alert.rule),
    ['b', 'a', 'c'],
  );
});

test('ndjson ends every line', () => {
  assert.equal(ndjson([{ json: '{"a":1}' }, { json: '{"b":2}' }]), '{"a":1}\n{"b":2}\n');
});
