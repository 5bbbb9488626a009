import assert from 'node:assert/strict';
import test from 'node:test';
import type { FieldValue, Priority } from '../alert.ts';
import { droppedEvents } from './dropped-events.ts';

const THRESHOLDS = [
  { above: 10, priority: 'warning' },
  { above: 1000, priority: 'critical' },
  { above: 100, priority: 'error' },
] as const;

function worth(fields: Readonly<Record<string, FieldValue>>, priority: Priority = 'debug') {
  const settings = { dropThresholds: THRESHOLDS, dropPriority: 'notice' } as const;
  return droppedEvents(settings, { fields, priority });
}

const counts: readonly [value: FieldValue, count: string, priority: Priority][] = [
  [1001, '>1000', 'critical'],
  [1000, '>100', 'error'],
  ['11', '>10', 'warning'],
  ['+11', '>10', 'warning'],
  [JSON.rawJSON('9223372036854775807'), '>1000', 'critical'],
  [10, '10', 'notice'],
  [-5, '-5', 'notice'],
  ['0', '0', 'warning'],
];

for (const [value, count, priority] of counts) {
  test(`${JSON.stringify(value)} dropped events are worth ${priority}`, () => {
    assert.deepEqual(worth({ n_drops: value }), { counts: { n_drops: count }, priority });
  });
}

test('an alert has the highest priority of its own and of all its counts', () => {
  const fields = { n_drops: 11, n_drops_bug: 2000, n_evts: 9, name: '5000' };
  const expected = { n_drops: '>10', n_drops_bug: '>1000' };
  assert.deepEqual(worth(fields), { counts: expected, priority: 'critical' });
  assert.equal(worth(fields, 'emergency').priority, 'emergency');
});

test('what is no count is worth nothing', () => {
  for (const value of ['many', '1.5', '12345678901234567890', '1\n', '', true, null, ['1']]) {
    assert.deepEqual(worth({ n_drops: value }), { counts: {}, priority: 'debug' });
  }
});
