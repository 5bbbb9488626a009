import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REJECTED, retry } from '../../test/support/lane-rig.ts';
import { Random } from '../../test/support/random.ts';
import { backoffMs } from './backoff.ts';
import { Pause } from './pause.ts';

/** The longest pause of each of `count` failures in a row, each probed as soon as it may. */
function pausesOf(count: number, failure: ReturnType<typeof retry>): number[] {
  const pause = new Pause(() => 0.999_999);
  let nowMs = 1000;
  return Array.from({ length: count }, () => {
    pause.failed(failure, nowMs, nowMs);
    const waitMs = pause.untilMs - nowMs;
    nowMs = pause.untilMs;
    return Math.round(waitMs);
  });
}

test('a pause doubles from half a second to a minute; to five where a person must act', () => {
  assert.deepEqual(
    pausesOf(10, retry('network')),
    [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000],
  );
  assert.deepEqual(
    pausesOf(12, retry('auth')).slice(7),
    [64_000, 128_000, 256_000, 300_000, 300_000],
  );
});

test('jitter is full: anywhere from 0 to the wait, and never more', () => {
  const { next } = new Random(7);
  for (const failures of [0, 1, 5, 10, 1000]) {
    const cap = Math.min(60_000, 500 * 2 ** Math.min(failures, 30));
    const waits = Array.from({ length: 1000 }, () => backoffMs(500, 60_000, failures, next));
    assert.ok(waits.every((wait) => wait >= 0 && wait < cap));
    const tenth = cap / 10;
    assert.ok(waits.some((wait) => wait < tenth) && waits.some((wait) => wait > cap - tenth));
  }
});

test('what is the destination’s fault pauses at once, else five failures in a row do', () => {
  for (const reason of ['auth', 'network', 'rateLimited'] as const) {
    assert.equal(new Pause(Math.random).failed(retry(reason), 0, 0), true, reason);
  }
  const pause = new Pause(() => 0.5);
  const failed = (): boolean => pause.failed(retry('server'), 0, 0);
  assert.deepEqual([failed(), failed(), failed(), failed()], [false, false, false, false]);
  pause.delivered();
  assert.deepEqual([failed(), failed(), failed(), failed()], [false, false, false, false]);
  assert.equal(failed(), true);
  assert.equal(pause.isProbing(), true);
  assert.equal(pause.cause?.reason, 'server');
});

test('a delivery ends the pause, and says so once', () => {
  const pause = new Pause(() => 0.5);
  pause.failed(retry('network'), 0, 0);
  assert.equal(pause.isPaused(1), true);
  assert.equal(pause.delivered(), true);
  assert.equal(pause.delivered(), false);
  assert.equal(pause.isPaused(1), false);
  assert.equal(pause.cause, undefined);
});

test('attempts that were under way when the lane paused do not lengthen its pause', () => {
  const pause = new Pause(() => 1);
  assert.equal(pause.failed(retry('network'), 100, 200), true);
  const { untilMs } = pause;
  for (let i = 0; i < 15; i += 1) assert.equal(pause.failed(retry('network'), 150, 300), false);
  assert.equal(pause.untilMs, untilMs);
});

test('Retry-After is waited for, also where it came with an attempt that was under way', () => {
  const pause = new Pause(() => 0);
  pause.failed(retry('rateLimited', 30_000), 0, 10);
  assert.equal(pause.untilMs, 30_010);
  pause.failed(retry('rateLimited', 60_000), 0, 20);
  assert.equal(pause.untilMs, 60_020);
  pause.failed(retry('rateLimited', 1000), 0, 30);
  assert.equal(pause.untilMs, 60_020, 'the longest counts');
});

test('twenty refusals in a row are the destination’s fault; the twenty-first alert is kept', () => {
  const pause = new Pause(() => 0.5);
  const verdicts = Array.from({ length: 25 }, (_, i) => pause.rejected(REJECTED, i, i));
  assert.deepEqual(
    verdicts.slice(0, 20),
    Array.from({ length: 20 }, () => 'dead'),
  );
  assert.deepEqual(
    verdicts.slice(20),
    Array.from({ length: 5 }, () => 'keep'),
  );
  assert.equal(pause.isRefusing(), true);
  assert.equal(pause.isProbing(), true);
  pause.delivered();
  assert.equal(pause.isRefusing(), false);
  assert.equal(pause.rejected(REJECTED, 0, 0), 'dead');
});

test('new settings end the wait, but one probe goes before all the rest', () => {
  const pause = new Pause(() => 1);
  pause.failed(retry('auth'), 0, 0);
  pause.reset();
  assert.equal(pause.isPaused(0), false);
  assert.equal(pause.isProbing(), true);
});
