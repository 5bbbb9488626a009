import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Duplicates } from './duplicates.ts';

const MINUTE_MS = 60_000;
const UUID = uuidOf(1);
const KEY = '0123456789abcdef0123456789abcdef';
const OTHER_KEY = '0123456789abcdef0123456789abcdee';

function uuidOf(number: number): string {
  return `018f6f2e-9d3b-7c11-8a55-${number.toString(16).padStart(12, '0')}`;
}

test('the same uuid, content and sender is a duplicate for a quarter of an hour', () => {
  const duplicates = new Duplicates();
  assert.equal(duplicates.judge(UUID, KEY, 'a', 0), 'new');
  duplicates.remember(UUID, KEY, 'a', 0);
  assert.equal(duplicates.judge(UUID, KEY, 'a', 14 * MINUTE_MS), 'duplicate');
  assert.equal(duplicates.judge(UUID, KEY, 'a', 16 * MINUTE_MS), 'new');
});

test('a known uuid with other content is reused, from whomever it comes', () => {
  const duplicates = new Duplicates();
  duplicates.remember(UUID, KEY, 'a', 0);
  assert.equal(duplicates.judge(UUID, OTHER_KEY, 'a', 1), 'reused');
  assert.equal(duplicates.judge(UUID, OTHER_KEY, 'b', 1), 'reused');
});

test('another sender cannot hide an alert behind an equal one', () => {
  const duplicates = new Duplicates();
  duplicates.remember(UUID, KEY, 'a', 0);
  assert.equal(duplicates.judge(UUID, KEY, 'b', 1), 'new');
});

test('what was not stored is not remembered', () => {
  const duplicates = new Duplicates();
  duplicates.judge(UUID, KEY, 'a', 0);
  assert.equal(duplicates.judge(UUID, KEY, 'a', 1), 'new');
});

test('the oldest go when there are too many', () => {
  const duplicates = new Duplicates();
  for (let i = 0; i <= 100_000; i += 1) duplicates.remember(uuidOf(i), KEY, 'a', 0);
  assert.equal(duplicates.judge(uuidOf(0), KEY, 'a', 1), 'new');
  assert.equal(duplicates.judge(uuidOf(100_000), KEY, 'a', 1), 'duplicate');
});

test('what an earlier run remembered is known, and the oldest of it has no room', () => {
  const duplicates = new Duplicates();
  duplicates.remember(uuidOf(0), KEY, 'a', 10);
  assert.equal(duplicates.recall(uuidOf(0), OTHER_KEY, 'a', 5), true);
  assert.equal(duplicates.judge(uuidOf(0), KEY, 'a', 20), 'duplicate', 'the newer one counts');
  for (let i = 1; i < 100_000; i += 1) assert.ok(duplicates.recall(uuidOf(i), KEY, 'a', 0));
  assert.equal(duplicates.recall(uuidOf(100_000), KEY, 'a', 0), false);
  assert.equal(duplicates.judge(uuidOf(99_999), KEY, 'a', 20), 'duplicate');
  duplicates.remember(uuidOf(200_000), KEY, 'a', 20);
  assert.equal(duplicates.judge(uuidOf(99_999), KEY, 'a', 20), 'new', 'the oldest made room');
});

test('an id that is no uuid is never known', () => {
  const duplicates = new Duplicates();
  for (const id of ['', 'u', UUID.replace('0', 'x'), `${UUID}0`]) {
    duplicates.remember(id, KEY, 'a', 0);
    assert.equal(duplicates.judge(id, KEY, 'a', 1), 'new');
  }
});
