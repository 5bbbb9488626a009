import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRIORITIES } from '../alert.ts';
import {
  butFor,
  DELIVERED,
  LaneRig,
  type OutputShape,
  REJECTED,
  retry,
} from '../../test/support/lane-rig.ts';

/** A destination that is down, refuses everybody or asks for time. */

const HOUR_MS = 3_600_000;
const batch = (alertsMax: number): OutputShape['batch'] => ({
  alertsMax,
  bytesMax: 1_000_000,
  waitMs: 0,
});

const missing = (rig: LaneRig, uuids: readonly string[]): string[] =>
  uuids.filter((uuid) => !rig.peer().has(uuid));

for (const [hours, reason, concurrency, alertsMax] of [
  [72, 'auth', 4, 10],
  [8, 'auth', 1, 1],
  [8, 'network', 4, 1],
  [8, 'server', 2, 50],
] as const) {
  const of = `${hours} hours of ${reason}, ${concurrency} x ${alertsMax}`;
  test(`an outage, the wall clock jumping: no dead letter, and all arrive (${of})`, async () => {
    const shape = { concurrency, batch: batch(alertsMax), retryAgeMaxMs: HOUR_MS };
    const rig = await LaneRig.start({ out: shape });
    // One alert that failed by itself before: it must not age during the outage either.
    const [alone] = rig.ingest(1) as [string];
    rig.peer().answer = butFor([alone], retry('server'));
    for (let i = 0; i < 20; i += 1) {
      rig.ingest(2);
      await rig.clock.run(1000);
    }
    rig.peer().answer = () => retry(reason);
    const uuids = [alone];
    for (let hour = 0; hour < hours; hour += 1) {
      uuids.push(...PRIORITIES.flatMap((priority) => rig.ingest(1, { priority })));
      await rig.clock.run(HOUR_MS);
      rig.clock.jumpWall(hour % 2 === 0 ? 50 * HOUR_MS : -49 * HOUR_MS);
      if (hour === hours / 2) await rig.crash();
    }
    rig.peer().answer = () => DELIVERED;
    await rig.runUntilDone(2 * HOUR_MS);
    assert.deepEqual(missing(rig, uuids), []);
    assert.deepEqual(rig.told().dead, []);
    assert.equal((await rig.ledgerOf()).dead, 0);
    await rig.assertConserved();
  });
}

for (const [concurrency, alertsMax] of [
  [1, 1],
  [16, 1],
  [2, 500],
] as const) {
  const of = `${concurrency} x ${alertsMax}`;
  test(`all are refused: 20 dead, a pause, and the rest arrives when it is mended (${of})`, async () => {
    const rig = await LaneRig.start({ out: { concurrency, batch: batch(alertsMax) } });
    rig.peer().answer = () => REJECTED;
    const uuids = rig.ingest(600);
    await rig.clock.run(2 * HOUR_MS);
    uuids.push(...rig.ingest(100));
    await rig.clock.run(2 * HOUR_MS);
    assert.equal(rig.told().dead.length, 20);
    assert.equal(rig.engine.statuses()[0]?.status.state, 'paused');
    assert.ok(rig.told().paused.length > 0, 'it was told');
    const probes = rig.peer().attempts.filter(({ atMs }) => atMs > 2 * HOUR_MS).length;
    assert.ok(probes < 200, `${probes} probes in two hours`);
    rig.peer().answer = () => DELIVERED;
    await rig.runUntilDone(HOUR_MS);
    assert.equal(missing(rig, uuids).length, 20);
    assert.equal((await rig.ledgerOf()).dead, 20);
    await rig.assertConserved();
  });
}

test('Retry-After is waited for, with one probe at a time, and at most an hour', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 8 } });
  rig.peer().answer = () => retry('rateLimited', 120_000);
  rig.ingest(50);
  await rig.clock.run(HOUR_MS);
  const [, ...later] = rig.peer().attempts.filter(({ atMs }) => atMs > 1000);
  const gaps = later.map(
    ({ atMs }, i) => atMs - (rig.peer().attempts.at(i - later.length - 1)?.atMs ?? 0),
  );
  assert.ok(later.length >= 20, `${later.length} probes`);
  assert.ok(Math.min(...gaps) >= 120_000, `${Math.min(...gaps)} ms`);
  rig.peer().answer = () => retry('server', 100 * HOUR_MS);
  await rig.clock.run(200_000);
  const before = rig.peer().attempts.length;
  await rig.clock.run(2 * HOUR_MS);
  const probes = rig.peer().attempts.length - before;
  assert.ok(probes >= 1 && probes <= 2, `${probes} in two hours`);
  assert.equal(rig.told().dead.length, 0);
});

test('each probe is another alert, so that one bad alert does not take them all', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 4, batch: batch(10) } });
  rig.ingest(1);
  await rig.clock.run(1000);
  rig.peer().answer = () => retry('network');
  rig.ingest(30);
  await rig.clock.run(600_000);
  const probed = rig.peer().attempts.slice(-10);
  assert.ok(probed.every(({ uuids }) => uuids.length === 1));
  assert.ok(new Set(probed.flatMap(({ uuids }) => uuids)).size >= 9);
});

test('a retry row that is always forbidden does not keep a paused lane from recovering', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2, batch: batch(5) } });
  const bad = await rig.untilRetryRow();
  rig.peer().answer = () => retry('network');
  const waiting = rig.ingest(50);
  await rig.clock.run(600_000);
  rig.peer().answer = butFor([bad], retry('auth'));
  await rig.clock.run(600_000);
  assert.deepEqual(missing(rig, waiting), []);
  assert.equal((await rig.ledgerOf()).dead, 0);
});

test('a paused lane sleeps', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 4 }, other: {} });
  rig.peer('out').answer = () => retry('auth');
  rig.ingest(100);
  await rig.clock.run(HOUR_MS);
  const { wakes } = rig.clock;
  const attempts = rig.peer('out').attempts.length;
  await rig.clock.run(HOUR_MS);
  // Two lanes look around once a second; a probe adds a few.
  assert.ok((rig.clock.wakes - wakes) / 3600 < 3, `${rig.clock.wakes - wakes} wakes an hour`);
  assert.ok(rig.peer('out').attempts.length - attempts < 100);
});

test('a lane that cannot write its progress sleeps, and sends nothing new', async () => {
  for (const staleAfterMs of [0, 60_000]) {
    const rig = await LaneRig.start({ out: { concurrency: 4, staleAfterMs } });
    rig.ingest(50);
    await rig.clock.run(15);
    rig.queue.diskIsFull = true;
    let settles = 0;
    const settle = rig.queue.settle.bind(rig.queue);
    rig.queue.settle = (settlement) => {
      settles += 1;
      return settle(settlement);
    };
    await rig.clock.run(10_000);
    const sent = rig.peer().attempts.length;
    for (let minute = 0; minute < 10; minute += 1) {
      settles = 0;
      const { wakes } = rig.clock;
      await rig.clock.run(60_000);
      assert.ok(rig.clock.wakes - wakes <= 130, `${rig.clock.wakes - wakes} wakes a minute`);
      assert.ok(settles <= 61, `${settles} tries a minute`);
    }
    assert.equal(rig.peer().attempts.length, sent);
    assert.equal(rig.engine.statuses()[0]?.status.state, 'stuck');
    assert.ok(rig.clock.timers <= 5, `${rig.clock.timers} timers`);
    rig.queue.diskIsFull = false;
    await rig.runUntilDone(60_000);
    assert.deepEqual(rig.told().stuck.at(-1), undefined);
    await rig.assertConserved();
  }
});

test('an idle lane looks around once a second, and a stopped one never', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 16 } });
  rig.ingest(20);
  await rig.clock.run(5000);
  const { wakes } = rig.clock;
  await rig.clock.run(60_000);
  assert.ok(rig.clock.wakes - wakes <= 61, `${rig.clock.wakes - wakes} wakes a minute`);
  await rig.during(rig.engine.stop(1000));
  assert.equal(rig.clock.timers, 0);
});
