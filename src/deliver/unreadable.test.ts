import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELIVERED, LaneRig, retry } from '../../test/support/lane-rig.ts';

/** A lane whose alerts are on disk and cannot be read. */

const MALFORMED = 'database disk image is malformed';
const fail = async (): Promise<never> => {
  throw new Error(MALFORMED);
};

const stateOf = (rig: LaneRig): string | undefined => rig.engine.statuses()[0]?.status.state;

test('a shard that cannot be read is told, once; the others go on, and so does it when it can be', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2 } });
  const read = rig.queue.read.bind(rig.queue);
  let failures = 0;
  rig.queue.read = (lane, shard, ...rest) => {
    if (shard !== 4) return read(lane, shard, ...rest);
    failures += 1;
    return fail();
  };
  const uuids = rig.ingest(20, { priority: 'warning' });
  for (let i = 0; i < 60; i += 1) {
    await rig.clock.run(1000);
    assert.ok((await rig.latencyOf('emergency')) < 100);
    assert.ok((await rig.latencyOf('debug')) < 100);
  }
  assert.equal(stateOf(rig), 'stuck');
  assert.deepEqual(rig.told().stuck, [MALFORMED]);
  assert.ok(failures >= 30 && failures < 70, `${failures} reads in a minute`);
  assert.equal(rig.engine.isIdle(), false);
  rig.queue.read = read;
  await rig.runUntilDone(10_000);
  assert.ok(uuids.every((uuid) => rig.peer().has(uuid)));
  assert.equal(stateOf(rig), 'active');
  assert.deepEqual(rig.told().stuck, [MALFORMED, undefined]);
});

test('retry rows that cannot be read do not keep an output from starting', async () => {
  const { rig, bad } = await withRetryRow();
  const { exceptions } = rig.queue;
  rig.queue.exceptions = fail;
  rig.peer().answer = () => DELIVERED;
  await rig.crash();
  const [fresh] = rig.ingest(1) as [string];
  await rig.clock.run(10_000);
  assert.ok(rig.peer().has(fresh));
  assert.equal(stateOf(rig), 'stuck');
  rig.queue.exceptions = exceptions;
  await rig.runUntilDone(10_000);
  assert.ok(rig.peer().has(bad));
  assert.equal(stateOf(rig), 'active');
});

test('a retry row whose alert cannot be read is told, and sent when it can be', async () => {
  const { rig } = await withRetryRow();
  const { exceptionAlert } = rig.queue;
  rig.queue.exceptionAlert = fail;
  rig.peer().answer = () => DELIVERED;
  await rig.clock.run(60_000);
  assert.equal(stateOf(rig), 'stuck');
  assert.deepEqual(rig.told().stuck, [MALFORMED]);
  rig.queue.exceptionAlert = exceptionAlert;
  await rig.runUntilDone(60_000);
  assert.deepEqual(rig.told().stuck, [MALFORMED, undefined]);
});

test('old alerts that cannot be counted wait, and the rest goes on', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2, staleAfterMs: 60_000 } });
  rig.peer().answer = () => retry('network');
  rig.ingest(50);
  await rig.clock.run(600_000);
  const { surveyStale } = rig.queue;
  let surveys = 0;
  rig.queue.surveyStale = () => {
    surveys += 1;
    return fail();
  };
  rig.peer().answer = () => DELIVERED;
  await rig.clock.run(100_000);
  surveys = 0;
  await rig.clock.run(60_000);
  assert.ok(surveys >= 30 && surveys <= 61, `${surveys} tries a minute`);
  assert.equal(stateOf(rig), 'stuck');
  assert.ok((await rig.latencyOf('emergency')) < 100);
  rig.queue.surveyStale = surveyStale;
  await rig.runUntilDone(60_000);
  assert.equal(stateOf(rig), 'active');
  await rig.assertConserved();
});

/** A lane of which one alert has failed until it became a retry row. */
async function withRetryRow(): Promise<{ rig: LaneRig; bad: string }> {
  const rig = await LaneRig.start({ out: {} });
  const bad = await rig.untilRetryRow();
  return { rig, bad };
}
