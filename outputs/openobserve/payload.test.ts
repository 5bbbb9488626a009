import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { documents } from './payload.ts';

test('an alert is filed under its own time, unless OpenObserve would refuse that', () => {
  const delivery = deliveryOf(alertWith({ tags: ['a'] }));
  const timeMs = Date.parse('2026-08-11T00:04:09.137Z');
  const at = (nowMs: number) => {
    const text = documents([delivery], { format: 'falco', ageMax: 3_600_000 }, nowMs);
    const [{ _timestamp, tags, time }] = JSON.parse(text) as [Record<string, unknown>];
    return [_timestamp, tags, time];
  };
  const time = '2026-08-11T00:04:09.137331079Z';
  assert.deepEqual(at(timeMs + 1000), [timeMs * 1000 + 331, ['a'], time]);
  const late = timeMs + 3_600_001;
  assert.deepEqual(at(late), [undefined, ['a', 'late'], time]);
  const early = timeMs - 24 * 3_600_000;
  assert.deepEqual(at(early), [undefined, ['a', 'late'], time]);
});
