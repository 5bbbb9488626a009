import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WatchedClock } from '../../test/support/lane-rig.ts';
import { Alarm } from './alarm.ts';
import { Flights } from './flights.ts';

test('flights are waited for until the last has landed, or until the deadline', async () => {
  const clock = new WatchedClock();
  const flights = new Flights(clock);
  assert.equal(await flights.landBy(100), 0);
  for (let i = 0; i < 3; i += 1) flights.launched(false);
  const landed = flights.landBy(1000);
  let left: number | undefined;
  void landed.then((count) => {
    left = count;
  });
  clock.after(10, () => flights.landed(false));
  clock.after(20, () => flights.landed(false));
  await clock.run(50);
  assert.equal(left, undefined);
  clock.after(10, () => flights.landed(false));
  await clock.run(50);
  assert.equal(left, 0);
  flights.launched(false);
  const late = flights.landBy(500);
  await clock.run(1000);
  assert.equal(await late, 1);
  assert.equal(clock.timers, 0);
});

test('slots that urgent alerts wait for are counted apart', () => {
  const flights = new Flights(new WatchedClock());
  flights.launched(true);
  flights.launched(false);
  assert.deepEqual([flights.count, flights.lower], [2, 1]);
  flights.landed(false);
  flights.landed(true);
  assert.deepEqual([flights.count, flights.lower], [0, 0]);
});

test('an alarm rings once, at the earliest time to come; the last setting counts', async () => {
  const clock = new WatchedClock();
  const rings: number[] = [];
  const alarm = new Alarm(clock, () => rings.push(clock.monotonicMs()));
  await clock.run(100);
  alarm.set([50, undefined, 300, 200]);
  await clock.run(1000);
  assert.deepEqual(rings, [200]);
  alarm.set([2000]);
  alarm.set([3000]);
  await clock.run(1500);
  alarm.set([]);
  await clock.run(5000);
  assert.deepEqual(rings, [200]);
  alarm.set([clock.monotonicMs()]);
  assert.equal(clock.timers, 0, 'what is due already does not ring');
});
