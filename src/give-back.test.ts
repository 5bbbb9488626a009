import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getHeapStatistics } from 'node:v8';
import { giveBack } from './give-back.ts';

const MIB = 1024 * 1024;

/** Garbage that has grown old between what is kept, as a start or a burst leaves it. */
function leaveGaps(): unknown[] {
  const all = Array.from({ length: 500_000 }, (_, i) => ({ i, text: `alert ${i}` }));
  return all.filter(({ i }) => i % 50 === 0);
}

test('what is free between objects that are kept goes back to the system', () => {
  const kept = leaveGaps();
  const before = getHeapStatistics().total_heap_size;
  giveBack();
  const after = getHeapStatistics().total_heap_size;
  assert.ok(before - after > 10 * MIB, `${before} bytes, then ${after}`);
  assert.equal(kept.length, 10_000);
});

test('no script gets hold of the collector by it', () => {
  giveBack();
  assert.equal('gc' in globalThis, false);
});
