import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { records } from './payload.ts';

test('an alert is filed under its own time, until Azure Monitor would not', () => {
  const timeMs = Date.parse('2026-08-11T00:04:09.137Z');
  const at = (nowMs: number) => {
    const [one] = JSON.parse(records([deliveryOf(alertWith({ tags: ['a'] }))], nowMs)) as [
      Record<string, unknown>,
    ];
    return [one['TimeGenerated'], one['AlertTime'], one['Tags']];
  };
  const time = '2026-08-11T00:04:09.137331079Z';
  assert.deepEqual(at(timeMs), [time, time, ['a']]);
  assert.deepEqual(at(timeMs + 48 * 3_600_000), [undefined, time, ['a', 'late']]);
});
