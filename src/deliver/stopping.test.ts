import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LaneRig } from '../../test/support/lane-rig.ts';

/** A hub that stops, or an output that goes, while something else is going on. */

const SHAPE = { concurrency: 4 };

test('a reload that is under way when the hub stops starts no lane, and nothing is sent twice', async () => {
  const rig = await LaneRig.start({ out: SHAPE });
  rig.peer().latencyMs = 100;
  const uuids = rig.ingest(40);
  await rig.clock.run(250);
  const { syncLanes } = rig.queue;
  const asked = Promise.withResolvers<void>();
  rig.queue.syncLanes = async (requests) => {
    const starts = await syncLanes(requests);
    await asked.promise;
    return starts;
  };
  rig.addOutput('new', SHAPE);
  const reloading = rig.apply();
  await rig.clock.run(10);
  await rig.during(rig.engine.stop(5000));
  const before = rig.peer().attempts.length;
  asked.resolve();
  await reloading;
  await rig.clock.run(60_000);
  assert.equal(rig.peer().attempts.length, before, 'nothing was sent after the stop');
  assert.deepEqual(rig.engine.statuses(), []);
  assert.equal(rig.clock.timers, 0);

  rig.queue.syncLanes = syncLanes;
  await rig.crash();
  await rig.runUntilDone(600_000);
  assert.ok(uuids.every((uuid) => rig.peer().arrived.get(uuid)?.length === 1));
  await rig.assertConserved();
});

test('a reload that begins after the stop starts no lane', async () => {
  const rig = await LaneRig.start({ out: SHAPE });
  await rig.during(rig.engine.stop(5000));
  rig.ingest(1);
  await rig.apply();
  await rig.clock.run(5000);
  assert.equal(rig.peer().attempts.length, 0);
  assert.equal(rig.clock.timers, 0);
});

test('a retry that is answered while its lane stops is written before the lane has stopped', async () => {
  const rig = await LaneRig.start({ out: {}, other: {} });
  const bad = await rig.untilRetryRow();
  rig.peer().answer = () => ({ outcome: 'delivered' });
  rig.peer().latencyMs = 2000;
  const tries = rig.peer().triesOf(bad);
  while (rig.peer().triesOf(bad) === tries) await rig.clock.run(10);
  await rig.during(rig.engine.stop(5000));
  assert.ok(rig.peer().has(bad));
  const { retry, delivered, routed } = await rig.ledgerOf();
  assert.deepEqual({ retry, delivered }, { retry: 0, delivered: routed });
});
