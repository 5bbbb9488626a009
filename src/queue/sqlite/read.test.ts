import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionKey } from '../position.ts';
import type { Position } from '../queue.ts';
import { newAlert, newAlerts, StoreRig } from '../../../test/support/store-rig.ts';

test('a lane reads what is for it, in order, and says how far it looked', () => {
  const rig = new StoreRig();
  const [a, b] = rig.lanes('a', 'b') as [number, number];
  rig.append(Array.from({ length: 30 }, (_, i) => newAlert({ lanes: [i % 3 === 0 ? a : b] })));
  const numbers = (after: number, limit: number) => {
    const { alerts, scannedTo } = rig.reads.read(a, 4, after, limit, 30);
    return { numbers: alerts.map(({ position }) => position.n), scannedTo };
  };
  assert.deepEqual(numbers(0, 4), { numbers: [1, 4, 7, 10], scannedTo: 10 });
  assert.deepEqual(numbers(10, 100), { numbers: [13, 16, 19, 22, 25, 28], scannedTo: 30 });
  assert.deepEqual(numbers(30, 100), { numbers: [], scannedTo: 30 });
});

test('one shard does not show another', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append([
    newAlert({ priority: 'emergency', lanes: [lane] }),
    newAlert({ priority: 'alert', lanes: [lane] }),
    newAlert({ priority: 'debug', lanes: [lane] }),
  ]);
  for (const [shard, n] of [
    [0, 1],
    [1, 2],
    [7, 3],
  ] as const) {
    const { alerts, scannedTo } = rig.reads.read(lane, shard, 0, 10, 3);
    assert.deepEqual(
      alerts.map(({ position }) => position),
      [{ shard, n }],
    );
    assert.equal(scannedTo, 3);
  }
  assert.equal(rig.reads.read(lane, 3, 0, 10, 3).alerts.length, 0);
});

test('nothing beyond the head is looked at', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append(newAlerts(10, { lanes: [lane] }));
  const { alerts, scannedTo } = rig.reads.read(lane, 4, 0, 100, 6);
  assert.equal(alerts.length, 6);
  assert.equal(scannedTo, 6);
});

test('a read looks at 2000 keys and at about 1 MiB, no more', () => {
  const rig = new StoreRig();
  const [wants, wantsNone] = rig.lanes('wants', 'none') as [number, number];
  rig.append(newAlerts(5000, { lanes: [wants] }));
  assert.deepEqual(rig.reads.read(wantsNone, 4, 0, 100, 5000), {
    alerts: [],
    damaged: [],
    scannedTo: 2000,
  });
  assert.equal(rig.reads.read(wants, 4, 0, 10_000, 5000).alerts.length, 2000);
  rig.append(Array.from({ length: 20 }, () => newAlert({ lanes: [wants] }, 100_000)));
  const { alerts, scannedTo } = rig.reads.read(wants, 4, 5000, 10_000, 5020);
  assert.equal(alerts.length, 11);
  assert.equal(scannedTo, 5011);
});

test('an alert larger than a read is read alone', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append([newAlert({ lanes: [lane] }, 3_000_000), newAlert({ lanes: [lane] })]);
  assert.equal(rig.reads.read(lane, 4, 0, 10, 2).alerts.length, 1);
  assert.equal(rig.reads.read(lane, 4, 1, 10, 2).alerts.length, 1);
});

test('a row that is not what was stored is told as damaged, not delivered', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append(newAlerts(4, { lanes: [lane] }));
  const flip = rig.db.prepare('UPDATE alert SET body = ? WHERE pos = ?');
  flip.run('{"uuid":"forged"}', positionKey(4, 2));
  rig.db.exec(`UPDATE alert SET lanes = ',7,${lane},' WHERE pos = ${positionKey(4, 4)}`);
  const { alerts, damaged, scannedTo } = rig.reads.read(lane, 4, 0, 10, 4);
  assert.deepEqual(
    alerts.map(({ position }) => position.n),
    [1, 3],
  );
  assert.deepEqual(damaged, [
    { shard: 4, n: 2 },
    { shard: 4, n: 4 },
  ]);
  assert.equal(scannedTo, 4);
});

test('exceptions are read by state, oldest first; only what may be sent has an alert', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const positions = rig.append(newAlerts(4, { lanes: [lane], receivedAtMs: 77 }));
  const ids = positions.map((position, i) =>
    rig.except(lane, position as Position, i === 2 ? 'dead' : 'retry'),
  ) as [number, number, number, number];
  const rows = rig.reads.exceptions(lane, 'retry', 2);
  assert.deepEqual(
    rows.map(({ id }) => id),
    [ids[0], ids[1]],
  );
  const { receivedAtMs, position, attempts, failingMs, state } = rows[0] as (typeof rows)[0];
  assert.deepEqual(
    { receivedAtMs, position, attempts, failingMs, state },
    { receivedAtMs: 77, position: positions[0], attempts: 3, failingMs: 0, state: 'retry' },
  );
  assert.ok(rig.reads.exceptionAlert(ids[0]));
  assert.equal(rig.reads.exceptionAlert(ids[2]), undefined, 'a dead letter is not sent again');
  assert.equal(rig.reads.exceptionAlert(99), undefined);
});
