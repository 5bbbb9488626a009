import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFates, fateOf } from '../../test/support/fates.ts';
import { butFor, DELIVERED, LaneRig, REJECTED } from '../../test/support/lane-rig.ts';

/** Dead letters, and rows that are tried again: each is sent once, and none is forgotten. */

const batch = { alertsMax: 5, bytesMax: 1_000_000, waitMs: 0 };

test('dead letters: replayed, dropped, handed to another output', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2, batch }, other: { batch } });
  const uuids = rig.ingest(10, {}, ['out']);
  const dead = uuids.slice(2, 5);
  rig.peer('out').answer = butFor(dead, REJECTED);
  await rig.runUntilDone(60_000);
  await rig.assertConserved('dead');
  assert.equal((await rig.ledgerOf()).dead, 3);
  const ids = dead.map((uuid) => {
    const fate = fateOf(rig, uuid, 'out');
    assert.ok(fate?.state === 'dead');
    return fate.id;
  });
  const { dead: letters } = rig.queue.store;
  const [again, dropped, handed] = ids as [number, number, number];
  rig.peer('out').answer = () => DELIVERED;
  const other = rig.ids.get('other') as number;
  const lanes = [
    ...letters.replay({ ids: [again] }),
    ...letters.replay({ ids: [handed] }, other),
  ].map(({ lane }) => lane);
  letters.drop({ ids: [dropped] });
  await rig.assertConserved('asked for');
  await rig.engine.reloadRetries(new Set(lanes));
  await rig.runUntilDone(60_000);
  await rig.assertConserved('done');
  assert.deepEqual(
    [dead.map((uuid) => rig.peer('out').has(uuid)), rig.peer('other').has(dead[2] as string)],
    [[true, false, false], true],
  );
  const states = checkFates(rig, uuids);
  assert.deepEqual(states, { delivered: 9, dropped: 2 }, 'at the other output, too');
});

test('rows that are told of twice are sent once', async () => {
  const rig = await LaneRig.start({ out: { batch } });
  const [bad] = rig.ingest(1) as [string];
  rig.peer().answer = butFor([bad], REJECTED);
  await rig.runUntilDone(60_000);
  const replayed = rig.queue.store.dead.replay({});
  assert.equal(replayed.length, 1);
  rig.peer().answer = () => DELIVERED;
  const lanes = new Set(replayed.map(({ lane }) => lane));
  for (let i = 0; i < 50; i += 1) {
    await rig.engine.reloadRetries(lanes);
    await rig.clock.run(random(rig));
  }
  await rig.runUntilDone(60_000);
  assert.equal(rig.peer().arrived.get(bad)?.length, 1);
  await rig.assertConserved();
});

const random = (rig: LaneRig): number => rig.random.below(60);

test('a retry row that cannot be read is tried again later, not forgotten', async () => {
  const rig = await LaneRig.start({ out: { batch } });
  const bad = await rig.untilRetryRow();
  const { exceptionAlert } = rig.queue;
  let reads = 0;
  rig.queue.exceptionAlert = async () => {
    reads += 1;
    throw new Error('the reading thread is busy');
  };
  rig.peer().answer = () => DELIVERED;
  await rig.clock.run(60_000);
  assert.ok(reads >= 2 && reads < 100, `${reads} reads in a minute`);
  rig.queue.exceptionAlert = exceptionAlert;
  await rig.runUntilDone(60_000);
  assert.ok(rig.peer().has(bad));
  await rig.assertConserved();
});

test('more retry rows than a lane holds at once are all sent', async () => {
  const rig = await LaneRig.start({ out: { batch } });
  rig.peer().latencyMs = 0;
  const uuids = rig.ingest(10_100);
  const lane = rig.ids.get('out') as number;
  rig.queue.db.exec(
    `INSERT INTO exception (lane, pos, state, uuid, reason, detail, attempts, failing_ms, at_ms,
       received_ms, ingest, body)
     SELECT ${lane}, pos, 'retry', uuid, '', '', 0, 0, 0, at_ms, ingest, body FROM alert`,
  );
  await rig.crash();
  await rig.runUntilDone(3_600_000, 10_000);
  assert.equal(rig.peer().arrived.size, uuids.length);
  await rig.assertConserved();
});
