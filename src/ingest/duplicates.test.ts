import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Duplicates } from './duplicates.ts';

const MINUTE_MS = 60_000;

test('the same uuid, content and sender is a duplicate for a quarter of an hour', () => {
  const duplicates = new Duplicates();
  assert.equal(duplicates.judge('u', 'k', 'a', 0), 'new');
  duplicates.remember('u', 'k', 'a', 0);
  assert.equal(duplicates.judge('u', 'k', 'a', 14 * MINUTE_MS), 'duplicate');
  assert.equal(duplicates.judge('u', 'k', 'a', 16 * MINUTE_MS), 'new');
});

test('a known uuid with other content is reused, from whomever it comes', () => {
  const duplicates = new Duplicates();
  duplicates.remember('u', 'k', 'a', 0);
  assert.equal(duplicates.judge('u', 'other', 'a', 1), 'reused');
  assert.equal(duplicates.judge('u', 'other', 'b', 1), 'reused');
});

test('another sender cannot hide an alert behind an equal one', () => {
  const duplicates = new Duplicates();
  duplicates.remember('u', 'k', 'a', 0);
  assert.equal(duplicates.judge('u', 'k', 'b', 1), 'new');
});

test('what was not stored is not remembered', () => {
  const duplicates = new Duplicates();
  duplicates.judge('u', 'k', 'a', 0);
  assert.equal(duplicates.judge('u', 'k', 'a', 1), 'new');
});

test('the oldest go when there are too many', () => {
  const duplicates = new Duplicates();
  for (let i = 0; i <= 100_000; i += 1) duplicates.remember(`u${i}`, 'k', 'a', 0);
  assert.equal(duplicates.judge('u0', 'k', 'a', 1), 'new');
  assert.equal(duplicates.judge('u100000', 'k', 'a', 1), 'duplicate');
});
