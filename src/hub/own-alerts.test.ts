import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OwnAlerts } from './own-alerts.ts';

const HOUR_MS = 3_600_000;
const MATTER = { rule: 'Tocsin: shedding began', priority: 'critical', text: 'x' } as const;

test('a matter is raised once an hour, each output’s own for itself', () => {
  let nowMs = 0;
  const raised: string[] = [];
  const own = new OwnAlerts(
    ({ rule }) => void raised.push(rule),
    () => nowMs,
  );
  own.raise(MATTER);
  own.raise(MATTER);
  own.raise({ ...MATTER, about: 'soc' });
  assert.equal(raised.length, 2);
  nowMs = HOUR_MS;
  own.raise(MATTER);
  assert.equal(raised.length, 3);
});

test('a clock that is set back keeps no matter from being raised', () => {
  let nowMs = 48 * HOUR_MS;
  let raised = 0;
  const own = new OwnAlerts(
    () => (raised += 1),
    () => nowMs,
  );
  own.raise(MATTER);
  nowMs = 0;
  own.raise(MATTER);
  own.raise(MATTER);
  assert.equal(raised, 2);
});
