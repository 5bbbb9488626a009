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

/** What each of these senders got through of what it tried to send each second, in a queue that is filling. */
function inTightQueue(pace: Readonly<Record<string, number>>, settings = FREE) {
  const fairness = new Fairness();
  const taken = new Map(Object.keys(pace).map((sender) => [sender, 0]));
  for (let nowMs = 0; nowMs < 600_000; nowMs += 1000) {
    for (const [sender, alerts] of Object.entries(pace)) {
      fairness.admit(sender, alerts, settings, nowMs);
      if (fairness.isOverShare(sender, settings, 0.9, nowMs)) continue;
      fairness.stored(sender, alerts * 1000, nowMs);
      taken.set(sender, taken.get(sender)! + alerts);
    }
  }
  return (sender: string) => taken.get(sender)! / (600 * pace[sender]!);
}

test('of two senders of about the same pace none waits, whoever else sends a little', () => {
  for (const pace of [
    { one: 100, other: 100 },
    { one: 100, other: 80 },
    { one: 100, other: 100, small: 1 },
  ]) {
    const part = inTightQueue(pace);
    for (const sender of Object.keys(pace)) assert.equal(part(sender), 1, sender);
  }
});

test('a flooder waits beside ten quiet senders, of which none does', () => {
  const quiet = Array.from({ length: 10 }, (_, i) => [`quiet${i}`, 1] as const);
  const part = inTightQueue({ ...Object.fromEntries(quiet), flooder: 10_000 });
  for (const [sender] of quiet) assert.equal(part(sender), 1, sender);
  assert.ok(part('flooder') < 0.01, String(part('flooder')));
});

test('a sender that is twice as fast as the only other one is held to half as much again', () => {
  const part = inTightQueue({ fast: 200, slow: 100 });
  assert.equal(part('slow'), 1);
  assert.ok(part('fast') > 0.7 && part('fast') < 0.8, String(part('fast')));
});

test('what others sent long ago makes nobody their equal', () => {
  const fairness = new Fairness();
  for (const [sender, bytes, nowMs] of [
    ['before', 1000, 0],
    ['a', 950, 3_600_000],
    ['b', 600, 3_600_000],
  ] as const) {
    fairness.admit(sender, 1, FREE, nowMs);
    fairness.stored(sender, bytes, nowMs);
  }
  assert.equal(fairness.isOverShare('a', FREE, 0.9, 3_600_000), true);
});
