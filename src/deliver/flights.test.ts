import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEAF, DELIVERED, LaneRig, NEVER } from '../../test/support/lane-rig.ts';
import { WatchedClock } from '../../test/support/watched-clock.ts';
import type { StoredAlert } from '../queue/queue.ts';
import { Alarm } from './alarm.ts';
import type { Send } from './attempt.ts';
import { Flights } from './flights.ts';
import { Troubles } from './troubles.ts';

const alert: StoredAlert = {
  position: { shard: 4, n: 1 },
  json: '{}',
  ingest: '{}',
  receivedAtMs: 0,
};

function begin(send: Send) {
  const clock = new WatchedClock();
  const troubles = new Troubles(clock, () => undefined);
  const settings = () => ({ send, timeoutMs: 60_000 });
  const context = { clock, redact: String };
  return { clock, flights: new Flights({ context, troubles, settings, onFree: () => undefined }) };
}

/** Takes as long as its turn: 10 ms, 20 ms and so on. */
function inTurn(): { clock: WatchedClock; flights: Flights } {
  let turn = 0;
  const begun = begin(async () => {
    turn += 1;
    await begun.clock.sleep(10 * turn);
    return DELIVERED;
  });
  return begun;
}

test('flights are waited for until the last has landed', async () => {
  const { clock, flights } = inTurn();
  const landings: boolean[] = [];
  for (let i = 0; i < 3; i += 1) {
    void flights.fly([alert], false).then((landed) => landings.push(landed !== undefined));
  }
  let left: number | undefined;
  void flights.landBy(1000).then((count) => {
    left = count;
  });
  await clock.run(29);
  assert.deepEqual([left, flights.count], [undefined, 1]);
  await clock.run(1);
  assert.deepEqual([left, flights.count], [0, 0]);
  assert.deepEqual(landings, [true, true, true]);
  assert.equal(clock.timers, 0);
});

test('at the deadline the others are cut off, and not heard of again', async () => {
  const { clock, flights } = begin(
    (_, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted'))),
      ),
  );
  const flying = flights.fly([alert], false);
  const left = flights.landBy(500);
  await clock.run(499);
  assert.equal(flights.count, 1);
  await clock.run(1);
  assert.equal(await left, 1);
  assert.equal(await flying, undefined);
  assert.equal(clock.timers, 0);
});

test('slots that urgent alerts wait for are counted apart, also while alerts are read', async () => {
  const { clock, flights } = inTurn();
  void flights.fly([alert], true);
  const nothing = flights.fly(
    clock.sleep(5).then(() => []),
    false,
  );
  assert.deepEqual([flights.count, flights.lower], [2, 1]);
  await clock.run(5);
  assert.equal(await nothing, undefined, 'there was nothing to send');
  assert.deepEqual([flights.count, flights.lower], [1, 0]);
  await clock.run(10);
  assert.deepEqual([flights.count, flights.lower], [0, 0]);
});

test('an adapter that is deaf to its signal costs one output, and only so much memory', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 8, timeoutMs: 1000 } });
  const endings: (() => void)[] = [];
  rig.peer().answer = () => new Promise((resolve) => endings.push(() => resolve(DELIVERED)));
  rig.ingest(500);
  await rig.clock.run(3_600_000);
  const { length } = endings;
  assert.ok(length >= 100 && length <= 108, `${length} attempts go on`);
  assert.equal(rig.engine.statuses()[0]?.status.state, 'stuck');
  assert.match(rig.told().stuck[0] ?? '', /100 attempts go on/);
  rig.peer().answer = () => DELIVERED;
  endings[0]?.();
  await rig.runUntilDone(600_000);
  assert.equal(rig.told().stuck.at(-1), undefined);
  await rig.assertConserved();
});

test('an output that a reload has mended sends at once, though attempts from before never end', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 8, timeoutMs: 1000 } });
  rig.peer().answer = DEAF;
  rig.ingest(500);
  await rig.clock.run(3_600_000);
  assert.equal(rig.engine.statuses()[0]?.status.state, 'stuck');
  rig.peer().answer = () => DELIVERED;
  await rig.apply();
  await rig.runUntilDone(60_000);
  assert.equal(rig.told().stuck.at(-1), undefined);
  await rig.assertConserved();
});

test('attempts that never end are bounded over all reloads, and the lane says what to do', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 8, timeoutMs: 1000 } });
  let begun = 0;
  rig.peer().answer = () => {
    begun += 1;
    return new Promise(() => undefined);
  };
  rig.ingest(500);
  for (let reload = 0; reload < 10; reload += 1) {
    await rig.clock.run(3_600_000);
    await rig.apply();
  }
  assert.ok(begun >= 500 && begun <= 508, `${begun} attempts go on`);
  assert.equal(rig.engine.statuses()[0]?.status.state, 'stuck');
  assert.match(rig.told().stuck.at(-1) ?? '', /500 attempts go on.* start the hub anew/);
});

test('attempts that hang when a reload changes their output have its new time at most', async () => {
  const hours = { concurrency: 2, timeoutMs: 3_600_000 };
  const rig = await LaneRig.start({ out: hours });
  rig.peer().answer = NEVER;
  const uuids = rig.ingest(5);
  await rig.clock.run(1000);
  rig.peer().answer = () => DELIVERED;
  rig.shape('out', { timeoutMs: 5000 });
  await rig.apply();
  await rig.runUntilDone(20_000);
  assert.ok(uuids.every((uuid) => rig.peer().has(uuid)));
  await rig.assertConserved();
  await rig.during(rig.engine.stop(1000));
  assert.equal(rig.clock.timers, 0);
});

test('a stop does not wait for an adapter that is deaf, nor for its connection to close', async () => {
  const rig = await LaneRig.start({ out: { timeoutMs: 60_000 }, other: {} });
  rig.peer('out').answer = DEAF;
  rig.peer('out').close = () => new Promise(() => undefined);
  rig.peer('other').close = () => Promise.reject(new Error('it is gone'));
  rig.ingest(5);
  await rig.clock.run(1000);
  const startMs = rig.clock.monotonicMs();
  await rig.during(rig.engine.stop(2000));
  const tookMs = rig.clock.monotonicMs() - startMs;
  assert.ok(tookMs <= 3100, `${tookMs} ms`);
  assert.equal(rig.clock.timers, 0);
});

test('an output whose old connection does not close is changed, removed and added all the same', async () => {
  const rig = await LaneRig.start({ out: { timeoutMs: 1000 }, other: {} });
  rig.peer('out').close = () => new Promise(() => undefined);
  rig.shape('out', { concurrency: 2 });
  await rig.apply();
  rig.removeOutput('out');
  await rig.apply();
  rig.returnOutput('out');
  await rig.apply();
  const [uuid] = rig.ingest(1, {}, ['out']) as [string];
  await rig.runUntilDone(1000);
  assert.ok(rig.peer('out').has(uuid));
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
