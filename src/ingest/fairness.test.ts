import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fairness } from './fairness.ts';

const RATE = { alertsPerSecond: 10, burst: 20, shareMax: 0.5 };
const FREE = { ...RATE, alertsPerSecond: 0 };

test('a sender may send its burst, then as fast as its bucket fills', () => {
  const fairness = new Fairness();
  assert.deepEqual(fairness.admit('a', 20, RATE, 0), { allowed: true });
  const ruling = fairness.admit('a', 5, RATE, 0);
  assert.deepEqual(ruling, { allowed: false, code: 'rate_limited', retryAfterMs: 500 });
  assert.deepEqual(fairness.admit('a', 5, RATE, 500), { allowed: true });
});

test('one sender at its limit does not limit another', () => {
  const fairness = new Fairness();
  fairness.admit('a', 20, RATE, 0);
  assert.equal(fairness.admit('a', 1, RATE, 0).allowed, false);
  assert.equal(fairness.admit('b', 1, RATE, 0).allowed, true);
});

test('a request larger than the burst passes a full bucket, and is paid for afterwards', () => {
  const fairness = new Fairness();
  assert.equal(fairness.admit('a', 100, RATE, 0).allowed, true);
  assert.equal(fairness.admit('a', 1, RATE, 7_000).allowed, false);
  assert.equal(fairness.admit('a', 1, RATE, 8_500).allowed, true);
});

test('without a rate nobody is limited', () => {
  const fairness = new Fairness();
  assert.equal(fairness.admit('a', 1_000_000, FREE, 0).allowed, true);
  assert.equal(fairness.admit('a', 1_000_000, FREE, 0).allowed, true);
});

test('only a full queue makes a large share matter, and only beside others', () => {
  const fairness = new Fairness();
  fairness.admit('a', 1, FREE, 0);
  fairness.stored('a', 900, 0);
  assert.equal(fairness.isOverShare('a', FREE, 0.9, 0), false, 'nobody else sends');
  fairness.admit('b', 1, FREE, 0);
  fairness.stored('b', 100, 0);
  assert.equal(fairness.isOverShare('a', FREE, 0.4, 0), false, 'there is room');
  assert.equal(fairness.isOverShare('a', FREE, 0.9, 0), true);
  assert.equal(fairness.isOverShare('b', FREE, 0.9, 0), false);
});

test('what a sender sent long ago weighs less', () => {
  const fairness = new Fairness();
  fairness.admit('a', 1, FREE, 0);
  fairness.stored('a', 1000, 0);
  fairness.admit('b', 1, FREE, 60 * 60_000);
  fairness.stored('b', 100, 60 * 60_000);
  assert.equal(fairness.isOverShare('a', FREE, 0.9, 60 * 60_000), false);
  assert.equal(fairness.isOverShare('b', FREE, 0.9, 60 * 60_000), true);
});

test('a sender that is alone is never over its share, however its bytes are rounded', () => {
  const fairness = new Fairness();
  for (let ms = 0; ms < 10_000; ms += 7) {
    fairness.admit('a', 1, FREE, ms);
    assert.equal(fairness.isOverShare('a', FREE, 0.9, ms + 1), false, `after ${ms} ms`);
    fairness.stored('a', 1234, ms + 3);
  }
});

test('a clock that is set back by weeks neither weighs what was sent before, nor ends the shares', () => {
  const fairness = new Fairness();
  const WEEKS_MS = 4 * 7 * 24 * 3_600_000;
  for (const sender of ['before', 'other']) {
    fairness.admit(sender, 1, FREE, WEEKS_MS);
    fairness.stored(sender, 100_000, WEEKS_MS);
  }
  fairness.admit('flood', 1, FREE, 0);
  fairness.stored('flood', 1_000_000, 0);
  assert.equal(fairness.isOverShare('flood', FREE, 0.9, 0), true);
  assert.equal(fairness.isOverShare('before', FREE, 0.9, 0), false);
});

test('one sender alone is never over its share, though what it sent is stored out of turn', () => {
  const fairness = new Fairness();
  for (const nowMs of [0, 1000, 2000, 3000]) fairness.admit('alone', 100, FREE, nowMs);
  for (const nowMs of [0, 1000, 2000, 3000]) fairness.stored('alone', 10_000_000, nowMs);
  fairness.admit('alone', 100, FREE, 60_000);
  for (const nowMs of [2000, 1000]) fairness.stored('alone', 10_000_000, nowMs);
  assert.equal(fairness.isOverShare('alone', FREE, 0.9, 61_000), false);
});
