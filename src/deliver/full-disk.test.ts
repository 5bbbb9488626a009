import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LaneRig, REJECTED, uuidIn } from '../../test/support/lane-rig.ts';

const batch = { alertsMax: 8, bytesMax: 1_000_000, waitMs: 0 };

test('on a full disk one bad alert of a batch does not keep the others of it in memory', async () => {
  const rig = await LaneRig.start({ out: { batch, concurrency: 1 } });
  const [kept] = rig.ingest(1) as [string];
  await rig.clock.run(5);
  rig.queue.diskIsFull = true;
  await rig.clock.run(3000);
  assert.ok(rig.peer().has(kept));
  assert.equal(rig.engine.statuses()[0]?.status.state, 'stuck');

  const alerts = rig.store(8, {}, []);
  const [bad, ...others] = alerts.map(({ uuid }) => uuid) as [string, ...string[]];
  rig.peer().answer = (deliveries) =>
    deliveries.some(({ json }) => uuidIn(json) === bad) ? REJECTED : { outcome: 'delivered' };
  for (const { json } of alerts) {
    const stored = { position: { shard: 4, n: 0 }, json, ingest: '{}', receivedAtMs: 0 };
    rig.engine.offerUnkept(stored, [rig.ids.get('out') as number]);
  }
  await rig.clock.run(5000);
  assert.deepEqual(
    others.filter((uuid) => !rig.peer().has(uuid)),
    [],
  );
  assert.deepEqual(rig.told().suppressed, [{ reason: 'notDurable', count: 1 }]);

  rig.queue.diskIsFull = false;
  await rig.runUntilDone(10_000);
  await rig.assertConserved();
});
