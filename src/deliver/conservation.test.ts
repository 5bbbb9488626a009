import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFates } from '../../test/support/fates.ts';
import { DELIVERED, LaneRig, NEVER, REJECTED, retry, uuidIn } from '../../test/support/lane-rig.ts';
import { newAlert } from '../../test/support/store-rig.ts';

/** After whatever happens to a lane its sums add up, and `why` says what happened. */

const batch = { alertsMax: 5, bytesMax: 1_000_000, waitMs: 0 };

/** Sends everything but `held`, which hang: what follows them is delivered beyond the cursor. */
async function withHungHead(held: number) {
  const rig = await LaneRig.start({ out: { concurrency: 4, batch, timeoutMs: 60_000 } });
  const uuids = rig.ingest(held, { priority: 'debug' });
  const hung = new Set(uuids);
  rig.peer().answer = (deliveries, signal) =>
    deliveries.some(({ json }) => hung.has(uuidIn(json))) ? NEVER(deliveries, signal) : DELIVERED;
  await rig.clock.run(100);
  uuids.push(...rig.ingest(20, { priority: 'debug' }));
  await rig.clock.run(1000);
  return { rig, uuids };
}

test('shed while alerts are under way: what was delivered beyond the cursor counts as that', async () => {
  const { rig, uuids } = await withHungHead(3);
  assert.equal(rig.peer().arrived.size, 20);
  rig.queue.shed();
  await rig.assertConserved('shed');
  rig.peer().answer = () => DELIVERED;
  await rig.clock.run(120_000);
  uuids.push(...rig.ingest(10, { priority: 'debug' }));
  await rig.runUntilDone(60_000);
  await rig.assertConserved('afterwards');
  const { delivered, suppressed, waiting } = await rig.ledgerOf();
  assert.deepEqual(
    { delivered, suppressed, waiting },
    { delivered: 30, suppressed: 3, waiting: 0 },
  );
  assert.deepEqual(suppressedOf(rig), 3, 'what was told is what was lost');
  assert.equal(rig.engine.isIdle(), true);
  checkFates(rig, uuids);
});

const suppressedOf = (rig: LaneRig): number =>
  rig.told().suppressed.reduce((sum, { count }) => sum + count, 0);

test('an attempt that was under way when its alerts were shed delivers them all the same', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2, batch } });
  rig.peer().latencyMs = 500;
  const uuids = rig.ingest(50, { priority: 'debug' });
  await rig.clock.run(100);
  let answers = 0;
  rig.peer().answer = () => {
    answers += 1;
    return answers === 1 ? DELIVERED : REJECTED;
  };
  rig.queue.shed();
  assert.equal((await rig.ledgerOf()).suppressed, 50);
  await rig.clock.run(5000);
  const { delivered, suppressed, dead } = await rig.ledgerOf();
  assert.deepEqual({ delivered, suppressed, dead }, { delivered: 5, suppressed: 45, dead: 0 });
  assert.equal(rig.peer().arrived.size, 5);
  assert.equal(suppressedOf(rig), 45);
  assert.deepEqual(rig.told().dead, [], 'what was given up is no dead letter as well');
  await rig.assertConserved();
  checkFates(rig, uuids);
});

test('a queue that is always full: each lane counts as shed what it did not get, and no more', async () => {
  const rig = await LaneRig.start(
    { well: { concurrency: 4, batch }, slow: { concurrency: 1, batch }, down: { batch } },
    { limits: { bytesMax: 600_000 } },
  );
  rig.peer('slow').latencyMs = 90;
  rig.peer('down').answer = () => retry('network');
  // What waits for the dead output fills the queue, so that the least severe is shed as it comes.
  rig.store(50, { priority: 'error' }, ['down'], 8000);
  const uuids: string[] = [];
  const lanes = [...rig.ids.values()];
  for (let i = 0; i < 200; i += 1) {
    const receivedAtMs = rig.clock.wallMs();
    const alerts = Array.from({ length: 5 }, () =>
      newAlert({ priority: 'debug', lanes, receivedAtMs }, 2000),
    );
    uuids.push(...alerts.map(({ uuid }) => uuid));
    // Room for what is severe is made at the cost of lanes that keep up, too.
    rig.queue.appendNow([...alerts, newAlert({ priority: 'error', receivedAtMs })]);
    await rig.clock.run(10 + rig.random.below(20));
  }
  await rig.clock.run(20_000);
  await rig.assertConserved();
  for (const name of ['well', 'slow']) {
    const { delivered, suppressed } = await rig.ledgerOf(name);
    const arrived = uuids.filter((uuid) => rig.peer(name).has(uuid)).length;
    assert.deepEqual(
      { delivered, suppressed },
      { delivered: arrived, suppressed: uuids.length - arrived },
      name,
    );
    const told = rig.told(name).suppressed.reduce((sum, { count }) => sum + count, 0);
    assert.equal(told, suppressed, name);
  }
  assert.ok((await rig.ledgerOf('slow')).suppressed > 0, 'it was full');
});

test('shed while a refusal and a failure are on their way to becoming exceptions', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 4, batch } });
  const uuids = rig.ingest(40, { priority: 'debug' });
  let attempts = 0;
  rig.peer().answer = async () => {
    attempts += 1;
    if (attempts === 3) rig.queue.shed();
    return attempts % 2 === 0 ? REJECTED : retry('server');
  };
  await rig.clock.run(2000);
  rig.peer().answer = () => DELIVERED;
  await rig.runUntilDone(600_000);
  await rig.assertConserved();
  checkFates(rig, uuids);
});

test('given up as too old, with deliveries beyond the cursor', async () => {
  const { rig, uuids } = await withHungHead(3);
  rig.shape('out', { staleAfterMs: 30_000 });
  await rig.apply();
  rig.peer().answer = () => retry('server');
  await rig.clock.run(70_000);
  rig.peer().answer = () => DELIVERED;
  await rig.runUntilDone(600_000);
  await rig.assertConserved();
  const { suppressed, delivered } = await rig.ledgerOf();
  assert.equal(suppressed + delivered, 24, 'and the summary');
  const states = checkFates(rig, uuids);
  assert.equal((states.stale ?? 0) + (states.delivered ?? 0), 23);
  assert.ok((states.delivered ?? 0) >= 20, 'what arrived is told as delivered');
});

test('one output down for ever, a small queue: the other misses nothing, gaps name the rest', async () => {
  const rig = await LaneRig.start(
    { well: { concurrency: 2, batch }, down: { concurrency: 2, batch } },
    { limits: { bytesMax: 1_500_000 } },
  );
  rig.peer('down').answer = () => retry('network');
  const stored: { uuid: string; priority: string; position: { n: number } }[] = [];
  for (let i = 0; i < 100; i += 1) {
    const priority = i % 10 === 0 ? 'critical' : rig.random.pick(['warning', 'debug'] as const);
    stored.push(...rig.store(5, { priority }, undefined, 8000));
    await rig.clock.run(2000);
  }
  await rig.clock.run(10_000);
  assert.deepEqual(
    stored.filter(({ uuid }) => !rig.peer('well').has(uuid)),
    [],
  );
  await rig.assertConserved('full');
  const { suppressed, waiting } = await rig.ledgerOf('down');
  assert.ok(suppressed > 0, 'it was full');
  assert.equal((await rig.ledgerOf('well')).suppressed, 0);
  rig.peer('down').answer = () => DELIVERED;
  await rig.runUntilDone(600_000);
  const missed = stored.filter(({ uuid }) => !rig.peer('down').has(uuid));
  assert.equal(missed.length, suppressed, 'the gaps count exactly what it missed');
  assert.equal((await rig.ledgerOf('down')).delivered, waiting);
  assert.ok(missed.every(({ priority }) => priority !== 'critical'));
  const lane = rig.ids.get('down') as number;
  const inGap = rig.queue.db.prepare(
    'SELECT count(*) AS n FROM gap WHERE lane = ? AND shard = ? AND from_n <= ? AND to_n >= ?',
  );
  const shards: Record<string, number> = { critical: 2, warning: 4, debug: 7 };
  for (const { uuid, priority, position } of stored) {
    const row = inGap.get(lane, shards[priority] ?? 0, position.n, position.n);
    assert.equal(row?.n, rig.peer('down').has(uuid) ? 0 : 1, uuid);
  }
  await rig.assertConserved('mended');
});
