import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ItemResult } from '../admission.ts';
import { createSettled } from './settled.ts';

const ACCEPTED: ItemResult = { outcome: 'accepted', uuid: '' };
const REJECTED: ItemResult = { outcome: 'rejected', code: 'rule_missing', message: 'no rule' };
const NO_ROOM: ItemResult = { outcome: 'rejected', code: 'sender_share', message: 'no room' };

test('only what found no room is left, and every result stands in its place', () => {
  const settled = createSettled(['a', 'b', 'c', 'd']);
  assert.deepEqual(settled.left(), ['a', 'b', 'c', 'd']);
  const refusal = settled.add([NO_ROOM, ACCEPTED, REJECTED, NO_ROOM]);
  assert.deepEqual([refusal?.code, refusal?.message], ['sender_share', 'no room']);
  assert.deepEqual(settled.left(), ['a', 'd']);
  assert.equal(settled.add([NO_ROOM, REJECTED])?.code, 'sender_share');
  assert.deepEqual(settled.left(), ['a']);
  assert.equal(settled.add([ACCEPTED]), undefined);
  assert.deepEqual(settled.left(), []);
  assert.deepEqual(settled.items, [ACCEPTED, ACCEPTED, REJECTED, REJECTED]);
});
