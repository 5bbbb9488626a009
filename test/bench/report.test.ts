import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Row, toJson, toTable } from './report.ts';
import { median, percentile, range } from './statistics.ts';

const rows: readonly Row[] = [
  { scenario: 'one', figure: 'CPU', value: 2.5, unit: 'x', atMost: 2, spread: [1, 3] },
  { scenario: 'one', figure: 'alerts', value: 20_000, unit: '/s', atLeast: 15_000 },
  { scenario: 'two', note: 'skipped: not installed' },
];

test('a target stands beside its figure, and what could not be measured is said', () => {
  const lines = toTable(rows)
    .split('\n')
    .map((line) => line.replaceAll(/ {2,}/g, '  '));
  assert.deepEqual(lines, [
    'one',
    '  CPU  2.50 x  target <= 2 x: MISSED  1.00 to 3.00',
    '  alerts  20000 /s  target >= 15000 /s: met',
    '',
    'two',
    '  skipped: not installed',
  ]);
});

test('for a program each figure with a target says whether it is met', () => {
  const [cpu, alerts, note] = JSON.parse(toJson(rows)) as { met?: boolean; note?: string }[];
  assert.equal(cpu?.met, false);
  assert.equal(alerts?.met, true);
  assert.deepEqual(note, rows[2]);
});

test('statistics', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(median([]), 0);
  assert.equal(percentile([3, 1, 2], 0.99), 3);
  assert.deepEqual(range([2, 1, 3]), [1, 3]);
});
