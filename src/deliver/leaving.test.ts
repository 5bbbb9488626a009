import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFates, fateOf } from '../../test/support/fates.ts';
import { butFor, LaneRig, NEVER, retry } from '../../test/support/lane-rig.ts';

/** Outputs that go, come back or change their names: the sums of their lanes add up. */

const batch = { alertsMax: 5, bytesMax: 1_000_000, waitMs: 0 };

test('an orphan is dropped while its last attempts are under way', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2, batch, timeoutMs: 5000 }, other: {} });
  const [bad, ...uuids] = rig.ingest(30, {}, ['out']) as [string, ...string[]];
  rig.peer('out').answer = butFor([bad], retry('server'));
  await rig.clock.run(2000);
  rig.peer('out').answer = NEVER;
  uuids.push(...rig.ingest(30, {}, ['out']));
  await rig.clock.run(2000);
  rig.removeOutput('out');
  await rig.apply();
  await rig.assertConserved('orphan');
  assert.deepEqual(rig.queue.store.dropOrphans(rig.clock.wallMs(), 'out'), ['out']);
  await rig.assertConserved('dropped');
  await rig.clock.run(60_000);
  await rig.assertConserved('after its attempts ended');
  const [lane] = await rig.queue.ledger();
  assert.equal(lane?.state, 'dropped');
  assert.equal(checkFates(rig, uuids).waiting, undefined, 'nothing waits for it');
});

test('removed, admitted to meanwhile, added again: it goes on', async () => {
  const rig = await LaneRig.start({ out: { batch }, other: {} });
  const uuids = rig.ingest(20);
  await rig.clock.run(30);
  const lane = rig.ids.get('out') as number;
  rig.removeOutput('out');
  await rig.apply();
  await rig.clock.run(60_000);
  const late = rig.ingest(5, { lanes: [lane] });
  assert.equal(fateOf(rig, late[0] as string, 'out')?.state, 'waiting');
  await rig.assertConserved('orphan');
  rig.returnOutput('out');
  await rig.apply();
  await rig.runUntilDone(60_000);
  assert.equal(rig.ids.get('out'), lane);
  assert.deepEqual(
    [...uuids, ...late].filter((uuid) => !rig.peer('out').has(uuid)),
    [],
  );
  assert.deepEqual(checkFates(rig, [...uuids, ...late]), { delivered: 45 });
  await rig.assertConserved('done');
});

test('renamed while alerts are under way', async () => {
  const rig = await LaneRig.start({ old: { concurrency: 2, batch } });
  const uuids = rig.ingest(40);
  await rig.clock.run(25);
  const before = rig.peer('old');
  rig.removeOutput('old');
  rig.addOutput('new', { concurrency: 2, batch }, 'old');
  await rig.apply();
  await rig.runUntilDone(60_000);
  const missing = uuids.filter((uuid) => !before.has(uuid) && !rig.peer('new').has(uuid));
  assert.deepEqual(missing, []);
  assert.ok(rig.peer('new').arrived.size > 0 && before.arrived.size > 0);
  assert.ok(uuids.every((uuid) => fateOf(rig, uuid, 'new')?.state === 'delivered'));
  await rig.assertConserved();
});

test('a hand-over that ends does not end the one that took its place', async () => {
  const rig = await LaneRig.start({ out: { batch } });
  const taken: string[] = [];
  const way = (name: string): (() => void) =>
    rig.engine.redirect(async (deliveries) => {
      taken.push(...deliveries.map(() => name));
      return { outcome: 'delivered' };
    });
  const endFirst = way('first');
  const endSecond = way('second');
  endFirst();
  rig.ingest(1);
  await rig.clock.run(1000);
  assert.deepEqual(taken, ['second']);
  endSecond();
  const [own] = rig.ingest(1) as [string];
  await rig.runUntilDone(10_000);
  assert.ok(rig.peer('out').has(own));
});
