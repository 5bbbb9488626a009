import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../test/support/random.ts';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import { Ages } from './ages.ts';

const HOUR_MS = 3_600_000;

test('whatever the wall clock does, nothing of the last hour is an hour old', async () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = new Random(seed);
    const clock = new VirtualClock();
    const ages = new Ages(clock);
    const seen: { atMs: number; wallMs: number }[] = [];
    for (let minute = 0; minute < 300; minute += 1) {
      if (random.chance(0.05)) clock.jumpWall((random.next() - 0.5) * 10 * HOUR_MS);
      seen.push({ atMs: clock.monotonicMs(), wallMs: clock.wallMs() });
      for (let second = 0; second < 60; second += 20) {
        ages.look();
        await clock.run(20_000);
      }
      const beforeMs = ages.takenInBefore(HOUR_MS);
      const nowMs = clock.monotonicMs();
      for (const { atMs, wallMs } of seen) {
        assert.ok(nowMs - atMs >= HOUR_MS || wallMs >= beforeMs, `seed ${seed}, minute ${minute}`);
      }
    }
  }
});

test('a clock that stays in step tells ages as they are, and so does one that jumped long ago', async () => {
  const clock = new VirtualClock();
  const ages = new Ages(clock);
  const exact = (): number => ages.takenInBefore(HOUR_MS) - (clock.wallMs() - HOUR_MS);
  assert.equal(exact(), 0);
  await clock.run(5 * HOUR_MS);
  assert.equal(exact(), 0);
  clock.jumpWall(-9 * HOUR_MS);
  ages.look();
  await clock.run(HOUR_MS + 1);
  assert.equal(exact(), 0);
});

test('a clock that never stands still costs no memory', async () => {
  const clock = new VirtualClock();
  const ages = new Ages(clock);
  for (let i = 0; i < 5000; i += 1) {
    clock.jumpWall(i % 2 === 0 ? HOUR_MS : -HOUR_MS);
    ages.look();
    await clock.run(1);
  }
  assert.ok(ages.spans <= 100);
});
