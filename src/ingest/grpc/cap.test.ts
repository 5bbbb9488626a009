import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCap } from './cap.ts';

test('one sender has its share, all of them the total, and what is given back is free', () => {
  const cap = createCap({ perSender: 2, total: 3 });
  const giveBack = cap.take('a');
  assert.ok(giveBack);
  assert.ok(cap.take('a'));
  assert.equal(cap.take('a'), undefined);
  assert.ok(cap.take('b'));
  assert.equal(cap.take('c'), undefined);
  giveBack();
  assert.ok(cap.take('c'));
  assert.equal(cap.take('a'), undefined);
});
