import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  butFor,
  DELIVERED,
  LaneRig,
  NEVER,
  type OutputShape,
  retry,
  uuidIn,
} from '../../test/support/lane-rig.ts';

/** An Emergency must not wait behind what hangs. */

const batch = (alertsMax: number): OutputShape['batch'] => ({
  alertsMax,
  bytesMax: 1_000_000,
  waitMs: 0,
});

for (const [concurrency, alertsMax, bytes] of [
  [16, 1, 0],
  [16, 50, 0],
  [2, 1, 0],
  [16, 50, 64_000],
] as const) {
  const of = `${concurrency} slots of ${alertsMax}${bytes > 0 ? ', large alerts' : ''}`;
  test(`with every attempt hung an Emergency goes out at once (${of})`, async () => {
    const rig = await LaneRig.start({
      out: { concurrency, timeoutMs: 30_000, batch: batch(alertsMax) },
    });
    rig.peer().answer = NEVER;
    const count = bytes > 0 ? 200 : 3 * concurrency * alertsMax;
    rig.store(count, { priority: 'notice' }, ['out'], bytes);
    await rig.clock.run(2000);
    const { flying } = rig.engine.statuses()[0]?.status ?? {};
    if (bytes === 0) assert.equal(flying, concurrency - 1);
    rig.peer().answer = () => DELIVERED;
    assert.ok((await rig.latencyOf('emergency')) < 100);
    assert.ok((await rig.latencyOf('critical')) < 100, 'and the slot is kept for the next one');
  });
}

test('after a crash with a hung head nothing is lost, and an Emergency goes out at once', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 16, timeoutMs: 30_000 } });
  rig.peer().answer = NEVER;
  const uuids = rig.ingest(200, { priority: 'warning' });
  await rig.clock.run(5000);
  await rig.crash();
  const hung = new Set(uuids.slice(0, 15));
  rig.peer().answer = (deliveries, signal) =>
    deliveries.some(({ json }) => hung.has(json.slice(9, 45)))
      ? NEVER(deliveries, signal)
      : DELIVERED;
  assert.ok((await rig.latencyOf('emergency')) < 1000);
  await rig.clock.run(40_000);
  rig.peer().answer = () => DELIVERED;
  await rig.runUntilDone(3_600_000);
  assert.deepEqual(
    uuids.filter((uuid) => !rig.peer().has(uuid)),
    [],
  );
  await rig.assertConserved();
});

test('where there is one slot, retry rows that hang share it with everything else', async () => {
  const timeoutMs = 10_000;
  const rig = await LaneRig.start({ out: { concurrency: 1, timeoutMs, batch: batch(5) } });
  const bad = rig.ingest(10);
  rig.peer().answer = butFor(bad, retry('server'));
  for (let i = 0; (await rig.ledgerOf()).retry < 10; i += 1) {
    assert.ok(i < 200, 'they never became retry rows');
    rig.ingest(3);
    await rig.clock.run(1000);
  }
  rig.peer().answer = (deliveries, signal) =>
    bad.some((uuid) => deliveries.some(({ json }) => json.includes(uuid)))
      ? NEVER(deliveries, signal)
      : DELIVERED;
  // All rows are due at once after a start.
  await rig.crash();
  await rig.clock.run(5000);
  for (let i = 0; i < 5; i += 1) {
    const latencyMs = await rig.latencyOf('emergency');
    assert.ok(latencyMs <= timeoutMs + 2000, `${latencyMs} ms`);
  }
});

test('urgent alerts overtake what was stored before them', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 2, batch: batch(5) } });
  rig.peer().latencyMs = 100;
  rig.ingest(1000, { priority: 'error' });
  await rig.clock.run(500);
  for (const priority of ['emergency', 'alert', 'critical'] as const) {
    assert.ok((await rig.latencyOf(priority)) <= 250, priority);
  }
  const [slow] = rig.ingest(1, { priority: 'error' }) as [string];
  await rig.clock.run(1000);
  assert.equal(rig.peer().has(slow), false);
});

test('a batch waits to fill for as long as it may, an urgent one does not', async () => {
  const rig = await LaneRig.start({ out: { batch: { ...batch(10), waitMs: 500 } } });
  const waited = await rig.latencyOf('error');
  assert.ok(waited >= 500 && waited < 600, `${waited} ms`);
  assert.ok((await rig.latencyOf('emergency')) < 50);
  const startMs = rig.clock.monotonicMs();
  rig.ingest(10, { priority: 'error' });
  await rig.runUntilDone(1000, 10);
  assert.ok(rig.clock.monotonicMs() - startMs < 100, 'a full batch goes at once');
  rig.ingest(15, { priority: 'error' });
  await rig.runUntilDone(5000, 10);
  assert.deepEqual(
    rig.peer().attempts.map(({ uuids }) => uuids.length),
    [1, 1, 10, 10, 5],
  );
});

for (const [concurrency, alertsMax] of [
  [2, 1],
  [2, 3],
  [4, 1],
] as const) {
  test(`an Emergency passes while other attempts hang and what waits becomes too old (${concurrency} x ${alertsMax})`, async () => {
    const staleAfterMs = 60_000;
    const shape = { concurrency, timeoutMs: 20_000, batch: batch(alertsMax), staleAfterMs };
    const rig = await LaneRig.start({ out: shape });
    const old = rig.ingest(50, { priority: 'notice' });
    const hung = new Set(old);
    rig.peer().answer = (deliveries, signal) =>
      deliveries.some(({ json }) => hung.has(uuidIn(json))) ? NEVER(deliveries, signal) : DELIVERED;
    // Now and then something arrives, so the lane does not pause; all along others hang.
    for (let i = 0; i < 60; i += 1) {
      await rig.clock.run(1000 + rig.random.below(1000));
      const latencyMs = await rig.latencyOf('emergency');
      assert.ok(latencyMs < 100, `${latencyMs} ms after ${rig.clock.monotonicMs()} ms`);
    }
    assert.ok(
      rig.told().suppressed.some(({ reason }) => reason === 'stale'),
      'it came to that',
    );
    assert.deepEqual(rig.told().paused, []);
    await rig.runUntilDone(600_000);
    assert.equal((await rig.ledgerOf()).suppressed, 50);
    await rig.assertConserved();
  });
}
