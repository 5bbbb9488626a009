import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newAlerts, StoreRig } from '../../../test/support/store-rig.ts';
import { steadyNowMs } from './steady-now.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

test('a clock that jumps ahead by years gives up no orphan before its time', () => {
  const rig = new StoreRig({ orphanMaxMs: WEEK_MS });
  const [lane] = rig.lanes('out', 'other') as [number];
  rig.append(newAlerts(2, { lanes: [lane] }));
  rig.sync('other');
  const beganMs = rig.nowMs;
  const jumpedMs = beganMs + 100 * WEEK_MS;
  const soon = steadyNowMs({ wallMs: jumpedMs, beganMs, sinceMs: HOUR_MS });
  assert.deepEqual(rig.store.dropOrphans(soon), []);
  const late = steadyNowMs({ wallMs: jumpedMs + WEEK_MS, beganMs, sinceMs: WEEK_MS + HOUR_MS });
  assert.deepEqual(rig.store.dropOrphans(late), ['out']);
});

test('without a jump it is now', () => {
  assert.ok(Math.abs(steadyNowMs() - Date.now()) < HOUR_MS);
  assert.equal(steadyNowMs({ wallMs: 5, beganMs: 1000, sinceMs: 10 }), 5);
});
