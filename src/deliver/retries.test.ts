import assert from 'node:assert/strict';
import { test } from 'node:test';
import { butFor, DELIVERED, LaneRig, REJECTED, retry } from '../../test/support/lane-rig.ts';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import type { ExceptionCopy, ExceptionRow } from '../queue/queue.ts';
import { Retries, type RetryRow } from './retries.ts';

const copyOf = (id: number): ExceptionCopy => ({ id, uuid: `uuid ${id}`, bytes: 1000 });
const after = (attempts: number) => ({ attempts, reason: 'server' });

function begin(random = (): number => 0.5, hasRoom = (_bytes: number): boolean => true) {
  const clock = new VirtualClock();
  return { clock, retries: new Retries(clock, random, hasRoom) };
}

function header(id: number, own: Partial<ExceptionRow> = {}): ExceptionRow {
  return {
    id,
    lane: 1,
    position: { shard: 4, n: id },
    state: 'retry',
    uuid: '',
    reason: 'server',
    detail: '',
    attempts: 3,
    bytes: 1000,
    failingMs: 0,
    atMs: 0,
    receivedAtMs: 0,
    ...own,
  };
}

async function dueRow({ clock, retries }: ReturnType<typeof begin>): Promise<RetryRow> {
  for (let i = 0; i < 10_000; i += 1) {
    const row = retries.due();
    if (row !== undefined) return row;
    await clock.run(100);
  }
  assert.fail('no row is ever due');
}

test('after a start all are due within two seconds, spread', () => {
  let seed = 0;
  const { retries, clock } = begin(() => {
    seed = (seed + 0.37) % 1;
    return seed;
  });
  retries.load(Array.from({ length: 100 }, (_, i) => header(i)));
  const first = retries.nextDueMs() ?? 0;
  assert.ok(first < 100 && first >= 0);
  assert.equal(clock.monotonicMs(), 0);
  assert.equal(retries.size, 100);
});

test('one at a time, the one that is due longest', async () => {
  const rig = begin();
  rig.retries.add(copyOf(1), after(5));
  rig.retries.add(copyOf(2), after(0));
  const row = await dueRow(rig);
  assert.equal(row.id, 2);
  row.flying = true;
  await rig.clock.run(1_000_000);
  assert.equal(rig.retries.due(), undefined);
  rig.retries.remove(2);
  assert.equal(rig.retries.due()?.id, 1);
});

test('a row that is known is not taken in again, whoever tells of it', async () => {
  const rig = begin();
  rig.retries.add(copyOf(1), after(0));
  const row = await dueRow(rig);
  row.flying = true;
  rig.retries.load([header(1)]);
  rig.retries.add(copyOf(1), after(9));
  assert.equal(rig.retries.size, 1);
  await rig.clock.run(1_000_000);
  assert.equal(rig.retries.due(), undefined, 'it is still under way');
});

test('time of failing counts only while the lane delivers others', async () => {
  const rig = begin();
  rig.retries.add(copyOf(1), after(0));
  const row = await dueRow(rig);
  await rig.clock.run(60_000);
  rig.retries.failed(row, 'server');
  assert.equal(row.failingMs, 0, 'nothing was delivered meanwhile');
  await rig.clock.run(60_000);
  rig.retries.delivered();
  await rig.clock.run(3_600_000);
  assert.equal(rig.retries.isAlone(row), true);
  rig.retries.failed(row, 'server');
  assert.equal(row.failingMs, 60_000, 'what came after the last delivery may be an outage');
  assert.equal(rig.retries.isAlone(row), false);
  await rig.clock.run(1000);
  rig.retries.postpone(row);
  await rig.clock.run(30_000);
  rig.retries.delivered();
  rig.retries.failed(row, 'server');
  assert.equal(row.failingMs, 90_000, 'nor the time before it was postponed');
  assert.equal(row.attempts, 3);
});

test('rows that meet what may be an outage rest together, until something is delivered', async () => {
  const { clock, retries } = begin(() => 0.999_999);
  const failure = { outcome: 'retry', reason: 'network', detail: '' } as const;
  for (let id = 1; id <= 3; id += 1) retries.add(copyOf(id), after(0));
  await clock.run(10_000);
  assert.ok(retries.due());
  const waits: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    retries.rest(failure, clock.monotonicMs());
    assert.equal(retries.due(), undefined);
    const waitMs = (retries.nextDueMs() ?? 0) - clock.monotonicMs();
    waits.push(Math.round(waitMs / 500));
    await clock.run(waitMs + 1);
    assert.ok(retries.due());
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 120, 120, 120], 'half seconds');
  retries.rest(failure, clock.monotonicMs());
  retries.delivered();
  assert.ok(retries.due());
});

test('the wait doubles from a second to a quarter of an hour', () => {
  const { retries, clock } = begin(() => 0.999_999);
  retries.load([header(1, { attempts: 0 })]);
  const row = retries.due() ?? ({} as RetryRow);
  assert.equal(Object.keys(row).length, 0, 'not yet');
  const waits: number[] = [];
  const again: RetryRow = {
    ...copyOf(7),
    reason: '',
    attempts: 0,
    failingMs: 0,
    dueAtMs: 0,
    flying: false,
    lastFailureAtMs: 0,
  };
  for (let i = 0; i < 12; i += 1) {
    retries.failed(again, 'server');
    waits.push(Math.round((again.dueAtMs - clock.monotonicMs()) / 1000));
  }
  assert.deepEqual(waits, [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
});

test('ten thousand are many enough', () => {
  const { retries } = begin();
  retries.load(Array.from({ length: 9_999 }, (_, i) => header(i)));
  assert.equal(retries.isFull(), false);
  retries.add(copyOf(77_777), after(0));
  assert.equal(retries.isFull(), true);
});

test('rows of many bytes are many enough, too, and what leaves makes room', () => {
  const { retries } = begin(undefined, (bytes) => bytes < 3000);
  retries.load([header(1), header(2)]);
  assert.equal(retries.isFull(), false);
  retries.add(copyOf(3), after(0));
  retries.add(copyOf(3), after(0));
  assert.deepEqual([retries.bytes, retries.isFull()], [3000, true]);
  retries.end(2);
  retries.remove(2);
  assert.deepEqual([retries.bytes, retries.isFull()], [2000, false]);
});

test('what an operator mended, or sent again, does not wait for the others to have rested', async () => {
  const rig = await LaneRig.start({ out: {} });
  const bad = rig.ingest(3);
  rig.peer().answer = butFor(bad, REJECTED);
  await rig.runUntilDone(60_000);
  const lanes = new Set(rig.ids.values());
  const letters = rig.queue.store.dead;
  rig.peer().answer = () => retry('auth');
  letters.replay({ ids: [1, 2] });
  await rig.engine.reloadRetries(lanes);
  await rig.clock.run(3_600_000);
  rig.peer().answer = () => DELIVERED;
  letters.replay({ ids: [3] });
  await rig.engine.reloadRetries(lanes);
  await rig.clock.run(5000);
  assert.ok(bad.every((uuid) => rig.peer().has(uuid)));

  const [again] = rig.ingest(1) as [string];
  rig.peer().answer = butFor([again], REJECTED);
  await rig.runUntilDone(60_000);
  rig.peer().answer = () => retry('auth');
  letters.replay({});
  await rig.engine.reloadRetries(lanes);
  await rig.clock.run(3_600_000);
  rig.peer().answer = () => DELIVERED;
  await rig.apply();
  await rig.clock.run(5000);
  assert.ok(rig.peer().has(again), 'new settings may have mended it');
});

test('a replay does not bring back a retry whose delivery is still being written', async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const rig = await LaneRig.start({ out: {} }, { seed });
    const bad = await rig.untilRetryRow();
    rig.peer().answer = () => DELIVERED;
    const settle = rig.queue.settle.bind(rig.queue);
    rig.queue.settle = async (settlement) => {
      await rig.clock.sleep(1000);
      return settle(settlement);
    };
    while (!rig.peer().has(bad)) await rig.clock.run(5);
    await rig.engine.reloadRetries(new Set(rig.ids.values()));
    await rig.clock.run(10_000);
    assert.equal(rig.peer().arrived.get(bad)?.length, 1, `seed ${seed}`);
    await rig.assertConserved();
  }
});

test('an alert that died may be replayed, also while rows are being read', async () => {
  const rig = await LaneRig.start({ out: {} });
  const bad = await rig.untilRetryRow();
  rig.peer().answer = butFor([bad], REJECTED);
  const { exceptions } = rig.queue;
  rig.queue.exceptions = async (...asked) => {
    const rows = await exceptions(...asked);
    await rig.clock.sleep(60_000);
    return rows;
  };
  const lanes = new Set(rig.ids.values());
  const reading = rig.engine.reloadRetries(lanes);
  while (rig.told().dead.length === 0) await rig.clock.run(1000);
  await rig.clock.run(100);
  rig.peer().answer = () => DELIVERED;
  assert.equal(rig.queue.store.dead.replay({}).length, 1);
  await rig.during(Promise.all([reading, rig.engine.reloadRetries(lanes)]), 200_000);
  await rig.clock.run(10_000);
  assert.equal(rig.peer().arrived.get(bad)?.length, 1);
  await rig.assertConserved();
});
