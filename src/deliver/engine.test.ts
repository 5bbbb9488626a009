import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFates, fateOf } from '../../test/support/fates.ts';
import { DELIVERED, LaneRig, NEVER, retry } from '../../test/support/lane-rig.ts';

/** Outputs that come, go and change while alerts wait, and the end of it all. */

const batch = { alertsMax: 20, bytesMax: 1_000_000, waitMs: 0 };
const SHAPE = { concurrency: 4, batch };

test('50 reloads while 10,000 wait: each goes where it was admitted to, and `why` knows', async () => {
  const rig = await LaneRig.start({ a: SHAPE, b: SHAPE, c: SHAPE });
  for (const name of ['a', 'b', 'c']) rig.peer(name).answer = () => retry('network');
  // Which outputs an alert was admitted for, by lane: names change.
  const admitted = new Map<string, readonly number[]>();
  const admit = (count: number): void => {
    const names = [...rig.ids.keys()].filter(() => rig.random.chance(0.6));
    const lanes = names.map((name) => rig.ids.get(name) as number);
    for (const uuid of rig.ingest(count, {}, names)) admitted.set(uuid, lanes);
  };
  for (let i = 0; i < 100; i += 1) admit(100);
  /** Every name a lane ever had: its alerts may have arrived under any of them. */
  const namesOf = new Map<number, Set<string>>();
  const note = (): void => {
    for (const [name, id] of rig.ids) namesOf.set(id, (namesOf.get(id) ?? new Set()).add(name));
  };
  note();
  let present = ['a', 'b', 'c'];
  for (let reload = 0; reload < 50; reload += 1) {
    const change = reload % 5;
    const victim = present[reload % present.length] as string;
    if (change === 0) rig.shape(victim, { concurrency: 1 + rig.random.below(8) });
    if (change === 1)
      rig.shape(victim, { batch: { ...batch, alertsMax: 1 + rig.random.below(50) } });
    if (change === 2) {
      const name = `r${reload}`;
      rig.removeOutput(victim);
      rig.addOutput(name, SHAPE, victim);
      present = present.map((one) => (one === victim ? name : one));
    }
    if (change === 3) rig.removeOutput(victim);
    if (change === 4) for (const name of present) rig.returnOutput(name);
    await rig.apply();
    note();
    for (const name of present) {
      const { peer } = { peer: rig.peer(name) };
      peer.answer = () => (rig.random.chance(0.7) ? DELIVERED : retry('server'));
    }
    admit(5);
    await rig.clock.run(rig.random.below(300));
  }
  for (const name of present) {
    rig.returnOutput(name);
    rig.peer(name).answer = () => DELIVERED;
  }
  await rig.apply();
  note();
  await rig.runUntilDone(3_600_000);
  await rig.assertConserved();
  assert.equal(admitted.size, 10_250);
  for (const [uuid, lanes] of admitted) {
    for (const [lane, names] of namesOf) {
      const arrived = [...names].some((name) => rig.peer(name).has(uuid));
      assert.equal(
        arrived,
        lanes.includes(lane),
        `${uuid} and lane ${lane} (${[...names].join()})`,
      );
    }
  }
  const uuids = [...admitted.keys()];
  for (const uuid of uuids.slice(0, 300)) {
    for (const lane of admitted.get(uuid) ?? []) {
      const name = [...rig.ids].find(([, id]) => id === lane)?.[0] as string;
      assert.equal(fateOf(rig, uuid, name)?.state, 'delivered');
    }
  }
});

test('new settings take effect with the next attempt; those under way keep the old ones', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2, timeoutMs: 60_000 } });
  rig.peer().answer = NEVER;
  rig.ingest(10);
  await rig.clock.run(1000);
  rig.shape('out', { concurrency: 8, batch });
  await rig.apply();
  rig.peer().answer = () => DELIVERED;
  await rig.clock.run(1000);
  assert.equal(rig.peer().arrived.size, 9, 'all but the one that hangs');
  rig.shape('out', { concurrency: 1 });
  await rig.apply();
  await rig.runUntilDone(200_000);
  assert.equal(rig.peer().arrived.size, 10);
  await rig.assertConserved();
});

test('new settings end a pause', async () => {
  const rig = await LaneRig.start({ out: {} });
  rig.peer().answer = () => retry('auth');
  rig.ingest(10);
  await rig.clock.run(3_600_000);
  rig.peer().answer = () => DELIVERED;
  await rig.apply();
  await rig.clock.run(1000);
  assert.equal(rig.peer().arrived.size, 10);
});

test('stopping waits for what is under way, cuts off what hangs, and repeats nothing else', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 8, timeoutMs: 60_000 } });
  rig.peer().latencyMs = 400;
  const uuids = rig.ingest(100);
  await rig.clock.run(900);
  // Of the attempts under way one hangs; the others are answered.
  let first = true;
  rig.peer().answer = (deliveries, signal) => {
    if (!first) return DELIVERED;
    first = false;
    return NEVER(deliveries, signal);
  };
  await rig.clock.run(100);
  const before = rig.peer().attempts.length;
  let cutOff = -1;
  const startMs = rig.clock.monotonicMs();
  await rig.during(
    rig.engine.stop(5000).then((count) => {
      cutOff = count;
      return count;
    }),
  );
  assert.equal(cutOff, 1);
  assert.ok(rig.clock.monotonicMs() - startMs <= 6000);
  assert.equal(rig.peer().attempts.length, before, 'nothing new was sent');
  await rig.clock.run(120_000);
  assert.equal(rig.peer().attempts.length, before, 'nor later');
  assert.equal(rig.clock.timers, 0);

  rig.peer().answer = () => DELIVERED;
  await rig.crash();
  await rig.runUntilDone(600_000);
  assert.ok(uuids.every((uuid) => rig.peer().arrived.get(uuid)?.length === 1));
  await rig.assertConserved();
});

test('a retry that is being read when the hub stops is not sent', async () => {
  const rig = await LaneRig.start({ out: {} });
  const [dead] = rig.ingest(1);
  rig.peer().answer = () => ({ outcome: 'reject', reason: 'payload', detail: '' });
  await rig.runUntilDone(10_000);
  assert.equal(rig.told().dead[0]?.uuid, dead);
  rig.queue.store.dead.replay({});
  const { exceptionAlert } = rig.queue;
  const reading = Promise.withResolvers<void>();
  let reads = 0;
  rig.queue.exceptionAlert = async (id) => {
    reads += 1;
    await reading.promise;
    return exceptionAlert(id);
  };
  await rig.engine.reloadRetries(new Set(rig.ids.values()));
  await rig.clock.run(3000);
  assert.equal(reads, 1);
  const stopping = rig.engine.stop(5000);
  reading.resolve();
  await rig.during(stopping, 2000);
  assert.equal(rig.peer().attempts.length, 1);
});

test('an output that goes and comes back while its attempts hang sends nothing twice', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2, timeoutMs: 5000 }, other: {} });
  rig.peer('out').latencyMs = 2000;
  const uuids = rig.ingest(20, {}, ['out']);
  await rig.clock.run(3000);
  rig.removeOutput('out');
  await rig.apply();
  rig.returnOutput('out');
  await rig.apply();
  await rig.runUntilDone(600_000);
  assert.ok(uuids.every((uuid) => rig.peer('out').arrived.get(uuid)?.length === 1));
  assert.deepEqual(checkFates(rig, uuids), { delivered: 20 });
  await rig.assertConserved();
});

test('what only memory held of an output that goes, or of a hub that stops, is counted', async () => {
  const rig = await LaneRig.start({ out: { timeoutMs: 5000 }, other: {} });
  const offer = (name: string, count: number): void => {
    for (const { json } of rig.store(count, {}, [])) {
      const stored = { position: { shard: 0, n: 0 }, json, ingest: '{}', receivedAtMs: 0 };
      rig.engine.offerUnkept(stored, [rig.ids.get(name) as number]);
    }
  };
  rig.peer('out').answer = () => DELIVERED;
  offer('out', 2);
  await rig.clock.run(1000);
  assert.equal(rig.peer('out').arrived.size, 2);
  for (const name of ['out', 'other']) {
    rig.peer(name).answer = NEVER;
    offer(name, 5);
  }
  await rig.clock.run(1000);
  rig.removeOutput('out');
  await rig.apply();
  await rig.clock.run(10_000);
  assert.deepEqual(rig.told('out').suppressed, [{ reason: 'notDurable', count: 5 }]);
  await rig.during(rig.engine.stop(1000));
  assert.deepEqual(rig.told('other').suppressed, [{ reason: 'notDurable', count: 5 }]);
});
