import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position } from '../queue.ts';
import { newAlert, newAlerts, StoreRig } from '../../../test/support/store-rig.ts';

/** A lane with `count` alerts of one priority waiting. */
function waiting(count: number): { rig: StoreRig; lane: number; positions: Position[] } {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  return { rig, lane, positions: rig.append(newAlerts(count, { lanes: [lane] })) };
}

const failed = { reason: 'server', detail: 'HTTP 500', attempts: 3 } as const;

test('cursor, exceptions, counters and receipt are one step', () => {
  const { rig, lane, positions } = waiting(5);
  const result = rig.settle(lane, {
    cursors: [{ shard: 4, from: 0, to: 5, delivered: 3 }],
    exceptions: [
      { position: positions[1] as Position, state: 'retry', ...failed },
      { position: positions[2] as Position, state: 'dead', ...failed },
    ],
  });
  const [{ bytes } = { bytes: 0 }] = rig.db
    .prepare('SELECT length(body) AS bytes FROM alert')
    .all() as { bytes: number }[];
  assert.ok(result.outcome === 'settled');
  const copies = result.exceptions.map((copy) => [copy.id, copy.bytes]);
  assert.deepEqual(copies, [
    [1, bytes],
    [2, bytes],
  ]);
  const { delivered, dead, retry, waiting: left } = rig.ledgerOf(lane);
  assert.deepEqual({ delivered, dead, retry, left }, { delivered: 3, dead: 1, retry: 1, left: 0 });
  assert.equal(rig.count('receipt'), 1);
  rig.assertConserved();
});

test('an exception row owns a copy of the alert', () => {
  const { rig, lane, positions } = waiting(1);
  const id = rig.except(lane, positions[0] as Position, 'retry');
  const kept = rig.reads.exceptionAlert(id);
  const [stored] = rig.reads.read(lane, 4, 0, 1, 1).alerts;
  assert.deepEqual(kept, stored);
  rig.db.exec('DELETE FROM alert');
  assert.deepEqual(rig.reads.exceptionAlert(id), stored);
});

test('a settlement from a cursor that was moved meanwhile writes nothing, and learns where it is', () => {
  const { rig, lane, positions } = waiting(10);
  rig.store.makeRoom(rig.nowMs, []);
  const { suppressed } = rig.ledgerOf(lane);
  assert.equal(suppressed, 10);
  const result = rig.settle(lane, {
    cursors: [{ shard: 4, from: 0, to: 4, delivered: 4 }],
    appends: [newAlert({ lanes: [lane] })],
  });
  assert.equal(result.outcome, 'moved');
  assert.deepEqual(result.outcome === 'moved' && result.cursors[4], { shard: 4, n: 10 });
  const late = rig.settle(lane, {
    exceptions: [{ position: positions[3] as Position, state: 'dead', ...failed }],
  });
  assert.equal(late.outcome, 'moved', 'an exception of what was shed is counted as shed');
  assert.equal(rig.count('alert'), 0, 'no summary of what did not happen');
  assert.equal(rig.ledgerOf(lane).delivered, 0);
  rig.assertConserved();
});

test('what was given up and yet delivered leaves its gap', () => {
  const { rig, lane, positions } = waiting(10);
  rig.store.makeRoom(rig.nowMs, []);
  const regained = positions.slice(2, 6);
  rig.settle(lane, { regained });
  const { delivered, suppressed } = rig.ledgerOf(lane);
  assert.deepEqual({ delivered, suppressed }, { delivered: 4, suppressed: 6 });
  assert.equal(rig.db.prepare('SELECT count FROM gap').get()?.count, 6);
  rig.assertConserved();
  rig.settle(lane, { regained: [...positions.slice(0, 2), ...positions.slice(6)] });
  assert.equal(rig.count('gap'), 0, 'a gap that stands for nothing goes');
  assert.equal(rig.ledgerOf(lane).delivered, 10);
  rig.settle(lane, { regained });
  assert.equal(rig.ledgerOf(lane).delivered, 10, 'what lies in no gap is counted already');
  rig.assertConserved('all of it');
});

test('what an output had before it was removed is told as delivered', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('gone', 'here') as [number];
  const alerts = newAlerts(3, { lanes: [lane] });
  const positions = rig.append(alerts);
  rig.sync('here');
  rig.store.dropOrphans(rig.nowMs, 'gone');
  rig.settle(lane, { regained: positions.slice(0, 2) });
  const states = alerts.map(({ uuid }) => rig.fates(uuid)[`gone#${lane}`]?.state);
  assert.deepEqual(states, ['delivered', 'delivered', 'gap']);
  rig.assertConserved();
  rig.deliverAll(rig.lanes('here')[0] as number);
  while (rig.store.makeRoom(rig.nowMs, []));
  assert.equal(rig.count('exception'), 0, 'the record goes with history');
});

test('a retry is settled once, however often it is told', () => {
  const { rig, lane, positions } = waiting(2);
  const id = rig.except(lane, positions[0] as Position, 'retry');
  const delivered = {
    retries: [{ id, ...failed, state: 'delivered', failingMs: 10 } as const],
  };
  rig.settle(lane, delivered);
  rig.settle(lane, delivered);
  rig.settle(lane, { retries: [{ id, ...failed, state: 'dead', failingMs: 10 }] });
  const { delivered: count, dead } = rig.ledgerOf(lane);
  assert.deepEqual({ count, dead }, { count: 1, dead: 0 });
  rig.assertConserved();
});

test('another lane cannot settle a retry', () => {
  const rig = new StoreRig();
  const [a, b] = rig.lanes('a', 'b') as [number, number];
  const [position] = rig.append([newAlert({ lanes: [a] })]) as [Position];
  const id = rig.except(a, position, 'retry');
  rig.settle(b, { retries: [{ id, ...failed, state: 'delivered', failingMs: 0 }] });
  assert.equal(rig.ledgerOf(a).retry, 1);
  rig.assertConserved();
});

test('a retry that failed again keeps its text, and counts attempts and time', () => {
  const { rig, lane, positions } = waiting(1);
  const id = rig.except(lane, positions[0] as Position, 'retry');
  const again = { id, state: 'retry', reason: 'timeout', detail: 'late' } as const;
  rig.settle(lane, { retries: [{ ...again, attempts: 7, failingMs: 1234.6 }] });
  const [row] = rig.reads.exceptions(lane, 'retry', 10);
  assert.equal(row?.attempts, 7);
  assert.equal(row?.failingMs, 1235);
  assert.equal(row?.reason, 'timeout');
  assert.ok(rig.reads.exceptionAlert(id));
});

test('receipts: one a second, and none for what was skipped', () => {
  const { rig, lane } = waiting(30);
  const step = (from: number, delivered: number): void => {
    rig.settle(lane, { cursors: [{ shard: 4, from, to: from + 5, delivered }] });
  };
  step(0, 5);
  step(5, 5);
  step(10, 0);
  assert.equal(rig.count('receipt'), 1, 'the same second');
  rig.nowMs += 1000;
  step(15, 5);
  step(20, 5);
  assert.equal(rig.count('receipt'), 2);
  const rows = rig.db.prepare('SELECT to_n, at_ms FROM receipt ORDER BY to_n').all();
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    [
      { to_n: 10, at_ms: rig.nowMs - 1000 },
      { to_n: 25, at_ms: rig.nowMs },
    ],
  );
});

test('a receipt that a failed commit took back is written again', () => {
  const { rig, lane } = waiting(2);
  const { page_count: pages } = rig.db.prepare('PRAGMA page_count').get() as { page_count: number };
  rig.settle(lane, { cursors: [{ shard: 4, from: 0, to: 1, delivered: 1 }] });
  rig.db.exec(`PRAGMA max_page_count=${pages}`);
  assert.throws(() =>
    rig.settle(lane, {
      cursors: [{ shard: 4, from: 1, to: 2, delivered: 1 }],
      appends: [newAlert({}, 100_000)],
    }),
  );
  rig.db.exec('PRAGMA max_page_count=100000');
  rig.settle(lane, { cursors: [{ shard: 4, from: 1, to: 2, delivered: 1 }] });
  const row = rig.db.prepare('SELECT max(to_n) AS to_n FROM receipt').get();
  assert.equal(row?.to_n, 2);
});

test('adjacent gaps of one reason are one row; another reason or a hole begins a new one', () => {
  const { rig, lane } = waiting(50);
  const gap = (from: number, to: number, reason: 'stale' | 'damaged', count = to - from): void => {
    rig.settle(lane, {
      cursors: [{ shard: 4, from, to, delivered: 0 }],
      gaps: [{ shard: 4, from, to, count, reason }],
    });
  };
  gap(0, 10, 'stale');
  gap(10, 20, 'stale');
  gap(20, 21, 'damaged');
  gap(21, 30, 'stale');
  gap(30, 31, 'stale', 0);
  const rows = rig.db.prepare('SELECT from_n, to_n, count, reason FROM gap ORDER BY to_n').all();
  assert.deepEqual(
    rows.map((row) => Object.values(row)),
    [
      [1, 20, 20, 'stale'],
      [21, 21, 1, 'damaged'],
      [22, 30, 9, 'stale'],
    ],
  );
});

test('an exception for an alert that is not there is an error, and leaves no trace', () => {
  const { rig, lane } = waiting(2);
  assert.throws(() => rig.except(lane, { shard: 4, n: 77 }, 'dead'), /No alert/);
  assert.equal(rig.count('exception'), 0);
  rig.assertConserved();
});

test('what was given up, sent again by an operator, and then delivered after all is counted once', () => {
  const { rig, lane, positions } = waiting(3);
  const stale = { shard: 4, from: 0, to: 3, count: 3, reason: 'stale' } as const;
  rig.settle(lane, { cursors: [{ shard: 4, from: 0, to: 3, delivered: 0 }], gaps: [stale] });
  // One of them is gone from history, so that the gap stays.
  rig.db.exec('DELETE FROM alert WHERE pos = (SELECT min(pos) FROM alert)');
  assert.equal(rig.store.dead.replayStale(lane, rig.nowMs), 2);
  const [position] = positions.slice(1) as [Position];
  assert.equal(rig.settle(lane, { regained: [position] }).outcome, 'settled');
  const { delivered, retry, suppressed } = rig.ledgerOf(lane);
  assert.deepEqual({ delivered, retry, suppressed }, { delivered: 0, retry: 2, suppressed: 1 });
  rig.assertConserved();
});
