import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { PRIORITIES, severityOf } from '../../alert.ts';
import {
  noteWorkers,
  openQueue,
  QUEUE_OPTIONS,
  settlementOf,
  temporaryDirectory,
} from '../../../test/support/queue-directory.ts';
import { newAlert, newAlerts } from '../../../test/support/store-rig.ts';
import type { Position, ReadResult } from '../queue.ts';
import { LockedError } from './lock.ts';
import { openSqliteQueue, type SqliteQueue } from './open.ts';

/** The queue as the hub has it: threads, mailbox, tail and file. */

async function laneOf(queue: SqliteQueue, name = 'out'): Promise<number> {
  const [start] = await queue.syncLanes([{ name, type: 'webhook' }]);
  return start?.lane.id as number;
}

/** All a lane finds in a shard, as a lane reads it. */
async function readAll(queue: SqliteQueue, lane: number, shard: number): Promise<Position[]> {
  const found: Position[] = [];
  for (let after = 0; after < queue.head(shard); ) {
    const read: ReadResult = await queue.read(lane, shard, after, 100);
    found.push(...read.alerts.map(({ position }) => position));
    assert.ok(read.scannedTo > after, 'each read comes further');
    after = read.scannedTo;
  }
  return found;
}

test('what was acknowledged is read, once and in order, from memory and from the file', async (t) => {
  const directory = temporaryDirectory(t);
  const first = await openQueue(t, { directory });
  const lane = await laneOf(first);
  const batches = Array.from({ length: 50 }, (_, i) =>
    newAlerts(1 + (i % 7), { lanes: [lane], priority: PRIORITIES[i % 8] as 'debug' }),
  );
  await Promise.all(batches.map((batch) => first.append(batch)));
  const positions = batches
    .flat()
    .map((alert, i) => ({ shard: severityOf(alert.priority), n: i + 1 }));
  const expected = (shard: number) => positions.filter((position) => position.shard === shard);
  for (const shard of PRIORITIES.keys()) {
    assert.deepEqual(await readAll(first, lane, shard), expected(shard));
  }
  await first.close();
  const second = await openQueue(t, { directory });
  assert.equal(second.head(0), positions.length);
  for (const shard of PRIORITIES.keys()) {
    assert.deepEqual(await readAll(second, lane, shard), expected(shard));
  }
});

test('a summary that shares its commit with new alerts leaves head and order right', async (t) => {
  const queue = await openQueue(t, { directory: temporaryDirectory(t) });
  const lane = await laneOf(queue);
  for (let round = 0; round < 5; round += 1) {
    const before = queue.head(4);
    await Promise.all([
      queue.settle(settlementOf(lane, { appends: [newAlert({ lanes: [lane] })] })),
      queue.append(newAlerts(3, { lanes: [lane] })),
    ]);
    assert.equal(queue.head(4), before + 4);
  }
  const found = await readAll(queue, lane, 4);
  assert.deepEqual(
    found.map(({ n }) => n),
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
});

test('lanes hear of what is stored for them, after it is', async (t) => {
  const told: number[][] = [];
  const queue = await openQueue(t, {
    directory: temporaryDirectory(t),
    onStored: (lanes) => told.push([...lanes].sort((a, b) => a - b)),
  });
  const starts = await queue.syncLanes([
    { name: 'a', type: 'webhook' },
    { name: 'b', type: 'webhook' },
  ]);
  const [a, b] = starts.map(({ lane }) => lane.id) as [number, number];
  await queue.append([newAlert({ lanes: [a, b] }), newAlert({ lanes: [b] })]);
  await queue.append([newAlert()]);
  await queue.append([newAlert({ lanes: [b] })]);
  assert.deepEqual(told, [[a, b], [b]]);
});

test('a second open of the directory is refused, and does the first no harm', async (t) => {
  const directory = temporaryDirectory(t);
  const first = await openQueue(t, { directory });
  await first.append(newAlerts(3));
  const deaths: Error[] = [];
  const onFatal = (error: Error): void => void deaths.push(error);
  await assert.rejects(openSqliteQueue({ ...QUEUE_OPTIONS, directory, onFatal }), LockedError);
  assert.deepEqual(deaths, []);
  await first.append(newAlerts(1));
  assert.equal(first.head(0), 4);
  await first.close();
  const next = await openQueue(t, { directory });
  await next.append(newAlerts(1));
  assert.equal(next.head(0), 5);
});

test('closing answers all that waits, and what comes after is refused', async (t) => {
  const directory = temporaryDirectory(t);
  const queue = await openQueue(t, { directory });
  const lane = await laneOf(queue);
  const appends = Array.from({ length: 30 }, () => queue.append(newAlerts(500, { lanes: [lane] })));
  const settling = queue.settle(settlementOf(lane));
  const closing = queue.close();
  await assert.rejects(queue.append(newAlerts(1)), { code: 'queue_closed' });
  await Promise.all(appends);
  assert.equal((await settling).outcome, 'settled');
  await closing;
  const again = await openQueue(t, { directory });
  assert.equal((await again.ledger())[0]?.waiting, 15_000);
});

for (const [at, which] of ['writer', 'reader'].entries()) {
  test(`a ${which} that dies is told once, what asks it is refused, and closing still ends`, async (t) => {
    const workers = noteWorkers(t);
    const deaths: Error[] = [];
    const queue = await openSqliteQueue({
      ...QUEUE_OPTIONS,
      directory: temporaryDirectory(t),
      onFatal: (error) => void deaths.push(error),
    });
    t.after(() => queue.close());
    await queue.find('any');
    // It does nothing more from here on, though it takes a moment to end.
    const ended = workers[at]?.terminate();
    const asked = [queue.find('any'), queue.find('other'), queue.append([newAlert()])];
    await ended;
    const answers = await Promise.allSettled(asked);
    const isRefused = answers.map(({ status }) => status === 'rejected');
    assert.deepEqual(isRefused, which === 'writer' ? [false, false, true] : [true, true, false]);
    assert.equal(deaths.length, 1);
    if (which === 'writer') await assert.rejects(queue.measureUsedBytes());
    await queue.close();
  });
}

test('operators ask under load without ever being told that it is busy', async (t) => {
  const directory = temporaryDirectory(t);
  const queue = await openQueue(t, { directory });
  const lane = await laneOf(queue);
  const alerts = newAlerts(1, { lanes: [lane] });
  await queue.append(alerts);
  // Somebody looks into the file with a tool of their own.
  const outside = new DatabaseSync(join(directory, 'queue.db'), { readOnly: true });
  let asked = 0;
  let stored = 1;
  const ask = async (): Promise<void> => {
    const [ledger] = await queue.ledger();
    assert.equal(ledger?.mismatch, 0);
    assert.equal((await queue.find(alerts[0]?.uuid as string)).length, 1);
    await queue.alerts({ limit: 50 });
    const report = await queue.check();
    assert.deepEqual([report.structure, report.damagedCount], [[], 0]);
    const counted = outside.prepare('SELECT count(*) AS n FROM alert').get();
    assert.ok(Number(counted?.n) <= stored + 2000);
    asked += 1;
  };
  const load = async (): Promise<void> => {
    for (let i = 0; i < 60; i += 1) {
      const settling = queue.settle(settlementOf(lane));
      await queue.append(newAlerts(100, { lanes: [lane] }));
      stored += 100;
      await settling;
    }
  };
  const loading = Promise.all([load(), load()]);
  let over = false;
  void loading.finally(() => {
    over = true;
  });
  while (!over) await ask();
  await loading;
  outside.close();
  assert.ok(asked >= 1, 'the load was over before anything was asked');
  assert.equal((await queue.ledger())[0]?.waiting, 12_001);
});

test('what an operator does with dead letters is done in the file and told', async (t) => {
  const directory = temporaryDirectory(t);
  const queue = await openQueue(t, { directory });
  const starts = await queue.syncLanes([
    { name: 'a', type: 'webhook' },
    { name: 'b', type: 'webhook' },
  ]);
  const [a, b] = starts.map(({ lane }) => lane.id) as [number, number];
  await queue.append(newAlerts(3, { lanes: [a] }));
  const positions = await readAll(queue, a, 4);
  const exception = { state: 'dead', reason: 'payload', detail: 'no', attempts: 1 } as const;
  const exceptions = positions.map((position) => ({ ...exception, position }));
  const settled = await queue.settle(settlementOf(a, { exceptions }));
  assert.ok(settled.outcome === 'settled');
  const [first, second, third] = settled.exceptions.map(({ id }) => id) as [number, number, number];
  assert.deepEqual(await queue.replayDead({ ids: [first] }, b), [{ id: first, lane: b }]);
  assert.deepEqual(await queue.replayDead({ ids: [second] }), [{ id: second, lane: a }]);
  await assert.rejects(queue.replayDead({ ids: [third] }, 99), /No lane 99/);
  assert.equal(await queue.dropDead({ ids: [third] }), 1);
  assert.equal((await queue.exceptions(b, 'retry', 10)).length, 1);
  await queue.syncLanes([{ name: 'a', type: 'webhook' }]);
  assert.deepEqual(await queue.dropOrphan('b'), ['b']);
  assert.deepEqual(
    (await queue.lanes()).map(({ name, state }) => `${name} ${state}`),
    ['a active'],
  );
  for (const { mismatch } of await queue.ledger()) assert.equal(mismatch, 0);
});

test('the log does not grow for ever, and the file is what counts', async (t) => {
  const directory = temporaryDirectory(t);
  const queue = await openQueue(t, {
    directory,
    bytesMax: 8 * 1024 ** 2,
    historyMax: 4 * 1024 ** 2,
  });
  for (let i = 0; i < 60; i += 1) await queue.append([newAlert({}, 400_000)]);
  assert.ok(queue.usedBytes() <= 9 * 1024 ** 2, `${queue.usedBytes()} bytes`);
  assert.ok(readdirSync(directory).includes('queue.db'));
});
