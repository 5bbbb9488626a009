import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRIORITIES } from '../alert.ts';
import { LaneRig, NEVER, type OutputShape } from '../../test/support/lane-rig.ts';
import { createReads } from '../queue/sqlite/read.ts';
import type { Queue } from '../queue/queue.ts';

const batch = (alertsMax: number): OutputShape['batch'] => ({
  alertsMax,
  bytesMax: 10_000_000,
  waitMs: 0,
});

/** Reads answer at once, as near the head of the queue. */
function readAtOnce(rig: LaneRig): void {
  const reads = createReads(rig.queue.db);
  const queue: Pick<Queue, 'read'> = {
    read: (lane, shard, after, limit) => reads.read(lane, shard, after, limit, rig.queue.head()),
  };
  Object.assign(rig.queue, queue);
}

for (const [concurrency, alertsMax] of [
  [1, 1],
  [2, 10],
  [16, 1],
  [16, 500],
] as const) {
  for (const [kind, priorities] of [
    ['all', PRIORITIES],
    ['the lower', PRIORITIES.slice(3)],
    ['the urgent', PRIORITIES.slice(0, 3)],
  ] as const) {
    const title = `no more of ${kind} is taken in, or delivered beyond the cursors, than the window`;
    test(`${title} (${concurrency} x ${alertsMax})`, async () => {
      const rig = await LaneRig.start({ out: { concurrency, batch: batch(alertsMax) } });
      const bound = Math.min(2000, 2 * concurrency * alertsMax);
      for (const priority of priorities) rig.ingest(Math.min(bound, 1000), { priority });
      // Nothing is ever settled, so all that arrives is beyond the cursors.
      rig.queue.settle = () => new Promise(() => undefined);
      let taken = 0;
      const read = rig.queue.read.bind(rig.queue);
      rig.queue.read = async (...args) => {
        const result = await read(...args);
        taken += result.alerts.length;
        return result;
      };
      await rig.crash();
      await rig.clock.run(60_000);
      const { size } = rig.peer().arrived;
      assert.ok(size >= bound / 2 && size <= bound, `${size} delivered, window ${bound}`);
      assert.ok(taken <= bound, `${taken} taken in, window ${bound}`);
    });
  }
}

test('a crash with full windows sends no more than them again', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 4, batch: batch(10) } });
  const uuids = PRIORITIES.flatMap((priority) => rig.ingest(100, { priority }));
  for (let i = 0; i < 5; i += 1) {
    await rig.clock.run(35);
    await rig.crash();
  }
  await rig.runUntilDone(60_000);
  const times = uuids.map((uuid) => rig.peer().arrived.get(uuid)?.length ?? 0);
  assert.ok(times.every((count) => count >= 1));
  const resent = times.reduce((sum, count) => sum + count - 1, 0);
  assert.ok(resent <= 5 * 80, `${resent} sent again`);
});

for (const concurrency of [1, 2, 16]) {
  for (const near of [true, false]) {
    const where = near ? 'near the head' : 'far behind';
    test(`a flood of urgent alerts leaves the rest a tenth (${concurrency} slots, ${where})`, async () => {
      const rig = await LaneRig.start({ out: { concurrency, batch: batch(2) } });
      if (near) readAtOnce(rig);
      rig.peer().latencyMs = 100;
      rig.ingest(60_000 * concurrency * 0.02, { priority: 'critical' });
      await rig.clock.run(1000);
      const low = rig.ingest(concurrency * 10, { priority: 'notice' });
      await rig.clock.run(20_000);
      const arrived = low.filter((uuid) => rig.peer().has(uuid)).length;
      const share = arrived / rig.peer().arrived.size;
      assert.ok(share > 0.05 || arrived === low.length, `${arrived} of ${rig.peer().arrived.size}`);
      assert.ok((await rig.ledgerOf()).waiting > 0, 'the flood is still on');
    });
  }
}

test('among the lower priorities the oldest is read first', async () => {
  const rig = await LaneRig.start({ out: { batch: batch(5) } });
  readAtOnce(rig);
  const order: string[] = [];
  for (let i = 0; i < 100; i += 1) {
    for (const priority of ['debug', 'error', 'notice'] as const) {
      order.push(...rig.ingest(1, { priority }));
    }
  }
  await rig.runUntilDone(60_000);
  const arrived = [...rig.peer().arrived.keys()];
  // What one shard brings at once may be as much as the window.
  const moved = arrived.filter((uuid, i) => Math.abs(order.indexOf(uuid) - i) > 30);
  assert.deepEqual(moved, []);
});

test('the text a window holds is bounded', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 16, batch: batch(100) } });
  rig.peer().answer = NEVER;
  rig.store(300, {}, ['out'], 100_000);
  await rig.clock.run(1000);
  const alerts = rig.peer().attempts.reduce((sum, { uuids }) => sum + uuids.length, 0);
  // 4 MiB, of which a read may pass a quarter by what it brings at most.
  assert.ok(alerts >= 30 && alerts <= 50, `${alerts} alerts of 100 kB`);
});

test('a read that fails is tried again', async () => {
  const rig = await LaneRig.start({ out: {} });
  rig.queue.diskIsFull = true;
  rig.ingest(3);
  await rig.clock.run(5000);
  assert.equal(rig.peer().arrived.size, 0);
  rig.queue.diskIsFull = false;
  await rig.runUntilDone(5000);
  assert.equal(rig.peer().arrived.size, 3);
});
