import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  butFor,
  DELIVERED,
  LaneRig,
  type OutputShape,
  REJECTED,
  retry,
  uuidIn,
} from '../../test/support/lane-rig.ts';
import type { SendResult, SingleResult } from '../output/define.ts';

/** Single alerts that a destination does not take, among many that it takes. */

const batch = (alertsMax: number): OutputShape['batch'] => ({
  alertsMax,
  bytesMax: 10_000_000,
  waitMs: 0,
});

/** How long 10,000 alerts take, in ms of virtual time; `bad` never arrives. */
async function runOf(bad: SendResult | undefined, concurrency: number, alertsMax: number) {
  const retryAgeMaxMs = 600_000;
  const rig = await LaneRig.start({ out: { concurrency, batch: batch(alertsMax), retryAgeMaxMs } });
  rig.peer().latencyMs = 100;
  const uuids = rig.ingest(10_000);
  const poison = uuids[3000] as string;
  if (bad !== undefined) rig.peer().answer = butFor([poison], bad);
  const others = new Set(uuids);
  if (bad !== undefined) others.delete(poison);
  const startMs = rig.clock.monotonicMs();
  while ([...others].some((uuid) => !rig.peer().has(uuid))) {
    assert.ok(rig.clock.monotonicMs() - startMs < 3_600_000, 'the others do not arrive');
    await rig.clock.run(500);
  }
  return { tookMs: rig.clock.monotonicMs() - startMs, rig, poison };
}

for (const [what, bad, concurrency, alertsMax] of [
  ['that fails', retry('server'), 4, 10],
  ['that fails', retry('server'), 2, 100],
  ['that is forbidden', retry('auth'), 4, 10],
  ['that resets the connection', retry('network'), 4, 25],
] as const) {
  const of = `${concurrency} x ${alertsMax}`;
  test(`an alert ${what} costs the others little speed, and dies alone (${of})`, async () => {
    const clean = await runOf(undefined, concurrency, alertsMax);
    const { tookMs, rig, poison } = await runOf(bad, concurrency, alertsMax);
    assert.ok(clean.tookMs / tookMs >= 0.8, `${clean.tookMs} ms clean, ${tookMs} ms with poison`);
    assert.equal((await rig.ledgerOf()).dead, 0, 'it is tried for as long as it may be');
    // It ages only while the lane delivers others.
    for (let i = 0; (await rig.ledgerOf()).dead === 0; i += 1) {
      assert.ok(i < 200, 'it never dies');
      rig.ingest(1);
      await rig.clock.run(60_000);
    }
    assert.deepEqual(
      rig.told().dead.map(({ uuid }) => uuid),
      [poison],
    );
    await rig.runUntilDone(60_000);
    assert.equal((await rig.ledgerOf()).dead, 1);
    await rig.assertConserved();
  });
}

test('one of a batch of 500 is refused: it alone is dead, and the lane does not pause', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2, batch: batch(500) } });
  const uuids = rig.ingest(500);
  rig.peer().answer = butFor([uuids[123] as string], REJECTED);
  await rig.runUntilDone(60_000);
  assert.deepEqual(
    rig.told().dead.map(({ uuid }) => uuid),
    [uuids[123]],
  );
  assert.equal(rig.peer().arrived.size, 499);
  assert.equal(rig.peer().triesOf(uuids[123] as string), 10, 'found by halving');
  assert.deepEqual(rig.told().paused, []);
  await rig.assertConserved();
});

test('a batch that is refused for its size is sent in parts, and nothing dies', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2, batch: batch(200) } });
  const uuids = rig.ingest(1000);
  const tooLarge = { outcome: 'reject', reason: 'payload', detail: 'HTTP 413' } as const;
  rig.peer().answer = (deliveries) => (deliveries.length > 30 ? tooLarge : DELIVERED);
  await rig.runUntilDone(60_000);
  assert.equal(rig.peer().arrived.size, uuids.length);
  assert.deepEqual(rig.told().dead, []);
});

/** An answer alert by alert, as a bulk endpoint gives it. */
const each =
  (judge: (uuid: string, i: number) => SingleResult) =>
  (deliveries: readonly { json: string }[]): SendResult => ({
    outcome: 'partial',
    results: deliveries.map(({ json }, i) => judge(uuidIn(json), i)),
  });

test('where a bulk answer takes some and refuses many, each goes by its own result', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 1, batch: batch(500) } });
  const uuids = rig.ingest(500);
  const bad = new Set(uuids.filter((_, i) => i % 2 === 0));
  rig.peer().answer = each((uuid) => (bad.has(uuid) ? REJECTED : DELIVERED));
  await rig.runUntilDone(10_000);
  assert.equal(rig.peer().attempts.length, 1);
  assert.deepEqual(new Set(rig.told().dead.map(({ uuid }) => uuid)), bad);
  assert.deepEqual(rig.told().paused, [], 'the destination is well');
  await rig.assertConserved();
});

test('a bulk answer that refuses all of many batches pauses the lane after 20', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 4, batch: batch(100) } });
  rig.peer().answer = each(() => REJECTED);
  rig.ingest(2000);
  await rig.clock.run(600_000);
  assert.equal(rig.told().dead.length, 20);
  rig.peer().answer = each(() => DELIVERED);
  await rig.runUntilDone(600_000);
  assert.equal(rig.peer().arrived.size, 1980);
  await rig.assertConserved();
});

for (const [what, results] of [
  ['cut', (good: readonly SingleResult[]) => good.slice(0, -1)],
  ['empty', () => []],
  ['too long', (good: readonly SingleResult[]) => [...good, DELIVERED]],
] as const) {
  test(`a bulk answer that is ${what} is believed for no alert of it`, async () => {
    const rig = await LaneRig.start({ out: { batch: batch(10) } });
    const uuids = rig.ingest(30);
    let broken = 6;
    rig.peer().answer = (deliveries) => {
      broken -= 1;
      const good = deliveries.map(() => DELIVERED);
      return { outcome: 'partial', results: broken < 0 ? good : results(good) };
    };
    await rig.runUntilDone(600_000);
    // The peer counts what its answer said; the lane believed only the whole ones.
    assert.ok(uuids.every((uuid) => rig.peer().has(uuid)));
    assert.equal((await rig.ledgerOf()).delivered, 30);
    assert.deepEqual(rig.told().dead, []);
    assert.ok(rig.told().failures.length >= 6);
    await rig.assertConserved();
  });
}

test('items that ask for time while others are taken are not to blame', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2, batch: batch(50) } });
  const uuids = rig.ingest(500);
  rig.peer().answer = each(() => (rig.random.chance(0.3) ? retry('rateLimited') : DELIVERED));
  await rig.runUntilDone(3_600_000);
  assert.ok(uuids.every((uuid) => rig.peer().has(uuid)));
  assert.equal(rig.queue.db.prepare('SELECT count(*) AS n FROM exception').get()?.n, 0);
});

test('an adapter that throws kills at most 20 alerts, and loses none', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 4, batch: batch(5) } });
  rig.peer().answer = () => {
    throw new TypeError('undefined is not a function');
  };
  const uuids = rig.ingest(200);
  await rig.clock.run(600_000);
  assert.ok(rig.told().dead.length <= 20, `${rig.told().dead.length} dead`);
  assert.equal(rig.told().dead[0]?.reason, 'bug');
  rig.peer().answer = () => DELIVERED;
  await rig.runUntilDone(600_000);
  const arrived = uuids.filter((uuid) => rig.peer().has(uuid)).length;
  assert.equal(arrived + rig.told().dead.length, 200);
  await rig.assertConserved();
});

test('an adapter that ignores its signal costs a timeout each time, and blocks nothing', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2, timeoutMs: 1000 } });
  const uuids = rig.ingest(20);
  const stuck = new Set(uuids.slice(0, 2));
  const seen = new Set<string>();
  rig.peer().answer = ([delivery]) => {
    const uuid = uuidIn(delivery?.json ?? '');
    if (!stuck.has(uuid) || seen.has(uuid)) return DELIVERED;
    seen.add(uuid);
    return new Promise(() => undefined);
  };
  await rig.runUntilDone(60_000);
  assert.equal(rig.peer().arrived.size, 20);
  assert.ok(rig.told().failures.every(({ reason }) => reason === 'timeout'));
});

for (const [what, bad] of [
  ['fail', retry('server')],
  ['are forbidden', retry('auth')],
  ['reset the connection', retry('network')],
  ['are refused', REJECTED],
] as const) {
  for (const [concurrency, alertsMax, priority] of [
    [1, 1, 'notice'],
    [4, 1, 'critical'],
    [2, 100, 'critical'],
  ] as const) {
    const of = `${concurrency} x ${alertsMax}, ${priority}`;
    test(`30 alerts in a row that ${what} hold up the others for a moment (${of})`, async () => {
      const shape = { concurrency, batch: batch(alertsMax), retryAgeMaxMs: 3_600_000 };
      const rig = await LaneRig.start({ out: shape });
      const poison = rig.ingest(30, { priority });
      const others = rig.ingest(200, { priority: 'notice' });
      rig.peer().answer = butFor(poison, bad);
      await rig.clock.run(60_000);
      assert.deepEqual(
        others.filter((uuid) => !rig.peer().has(uuid)),
        [],
      );
      // Nor do they later, when nothing else shows that the destination is well.
      for (let i = 0; i < 10; i += 1) {
        await rig.clock.run(rig.random.below(600_000));
        assert.ok((await rig.latencyOf('notice')) <= 200);
      }
      await rig.clock.run(1000);
      assert.equal(rig.engine.statuses()[0]?.status.state, 'active');
      assert.equal((await rig.ledgerOf()).waiting, 0);
      await rig.assertConserved();
    });
  }
}

test('an outage after a few bad alerts is an outage: the lane pauses, and no alert ages', async () => {
  const rig = await LaneRig.start({
    out: { concurrency: 4, batch: batch(10), retryAgeMaxMs: 60_000 },
  });
  const poison = rig.ingest(20);
  const others = rig.ingest(300);
  rig.peer().answer = butFor(poison, retry('auth'));
  await rig.clock.run(2000);
  rig.peer().answer = () => retry('auth');
  others.push(...rig.ingest(100));
  await rig.clock.run(3_600_000);
  const before = rig.peer().attempts.length;
  await rig.clock.run(3_600_000);
  const attempts = rig.peer().attempts.length - before;
  assert.ok(attempts < 200, `${attempts} attempts in an hour`);
  assert.equal(rig.engine.statuses()[0]?.status.state, 'paused');
  assert.equal((await rig.ledgerOf()).dead, 0);
  rig.peer().answer = () => DELIVERED;
  await rig.runUntilDone(3_600_000);
  assert.ok([...poison, ...others].every((uuid) => rig.peer().arrived.get(uuid)?.length === 1));
});
