import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFates, fateOf } from '../../test/support/fates.ts';
import {
  butFor,
  DELIVERED,
  LaneRig,
  NEVER,
  REJECTED,
  retry,
  uuidIn,
} from '../../test/support/lane-rig.ts';

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
  rig.store(60, { priority: 'error' }, ['down'], 8000);
  const uuids: string[] = [];
  for (let i = 0; i < 400; i += 1) {
    uuids.push(...rig.store(5, { priority: 'debug' }, undefined, 2000).map(({ uuid }) => uuid));
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
  const [bad] = rig.ingest(1) as [string];
  rig.peer().answer = butFor([bad], retry('server'));
  for (let i = 0; (await rig.ledgerOf()).retry === 0; i += 1) {
    assert.ok(i < 100);
    rig.ingest(5);
    await rig.clock.run(1000);
  }
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
