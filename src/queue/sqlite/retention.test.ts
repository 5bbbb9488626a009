import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRIORITIES, type Priority } from '../../alert.ts';
import type { Position } from '../queue.ts';
import { newAlert, newAlerts, StoreRig } from '../../../test/support/store-rig.ts';
import type { CursorMove } from './state.ts';

function stored(rig: StoreRig): Record<string, number> {
  const rows = rig.db
    .prepare('SELECT pos / 1125899906842624 AS shard, count(*) AS count FROM alert GROUP BY 1')
    .all();
  return Object.fromEntries(
    rows.map(({ shard, count }) => [PRIORITIES[Number(shard)] as Priority, Number(count)]),
  );
}

function shedOnce(rig: StoreRig): CursorMove[] {
  const moves: CursorMove[] = [];
  rig.store.makeRoom(rig.nowMs, moves);
  return moves;
}

test('what every lane has settled goes first, the oldest first, 500 a step', () => {
  const rig = new StoreRig();
  const [a, b] = rig.lanes('a', 'b') as [number, number];
  rig.append(newAlerts(700, { lanes: [a, b], priority: 'critical' }));
  rig.append(newAlerts(700, { lanes: [a], priority: 'debug' }));
  rig.deliver(a, 'critical', 1400);
  rig.deliver(b, 'critical', 600);
  assert.equal(rig.store.makeRoom(rig.nowMs, []), true);
  assert.deepEqual(stored(rig), { critical: 200, debug: 700 });
  rig.store.makeRoom(rig.nowMs, []);
  assert.deepEqual(stored(rig), { critical: 100, debug: 700 });
  assert.equal(rig.ledgerOf(b).waiting, 100, 'what lane b still wants is there');
  rig.assertConserved();
});

test('then the lowest priority is given up: no Critical goes while a Debug is stored', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  for (const priority of PRIORITIES) rig.append(newAlerts(600, { priority, lanes: [lane] }));
  const order: string[] = [];
  for (let last = stored(rig); rig.store.makeRoom(rig.nowMs, []); last = stored(rig)) {
    const now = stored(rig);
    order.push(...Object.keys(last).filter((priority) => last[priority] !== now[priority]));
  }
  const expected = ['debug', 'informational', 'notice', 'warning'].flatMap((one) => [one, one]);
  assert.deepEqual(order, expected);
  assert.deepEqual(stored(rig), { emergency: 600, alert: 600, critical: 600, error: 600 });
  assert.equal(rig.ledgerOf(lane).suppressed, 2400);
  rig.assertConserved();
});

test('the gaps name exactly what each lane misses, and a lane that has passed misses nothing', () => {
  const rig = new StoreRig();
  const [healthy, down, other] = rig.lanes('healthy', 'down', 'other') as [number, number, number];
  const alerts = Array.from({ length: 1200 }, (_, i) =>
    newAlert({ lanes: i % 3 === 0 ? [healthy] : [healthy, down] }),
  );
  rig.append(alerts);
  rig.deliver(healthy, 'warning', 1200);
  rig.deliver(other, 'warning', 1200);
  const first = shedOnce(rig);
  const moves = [...first, ...shedOnce(rig)];
  assert.deepEqual(
    moves.map(({ lane, position, reason }) => ({ lane, n: position.n, reason })),
    [
      { lane: down, n: 500, reason: 'shed' },
      { lane: down, n: 1000, reason: 'shed' },
    ],
  );
  const wanted = alerts.map(({ lanes }) => lanes.includes(down));
  const missed = wanted.slice(0, 1000).filter(Boolean).length;
  const left = wanted.slice(1000).filter(Boolean).length;
  assert.equal(
    moves.reduce((sum, { count }) => sum + count, 0),
    missed,
  );
  const { suppressed, waiting } = rig.ledgerOf(down);
  assert.deepEqual({ suppressed, waiting }, { suppressed: missed, waiting: left });
  assert.equal(rig.ledgerOf(healthy).suppressed, 0);
  assert.equal(rig.count('gap'), 1, 'adjacent steps are one row');
  rig.assertConserved();
});

test('a lane that keeps up loses nothing to one that is behind, though its alerts are the lowest', () => {
  const rig = new StoreRig();
  const [quick, down, slow] = rig.lanes('quick', 'down', 'slow') as [number, number, number];
  const lanes = [quick, down, slow];
  rig.append(newAlerts(10, { lanes }));
  rig.nowMs += 60_000;
  const receivedAtMs = rig.nowMs - 50;
  const fresh = rig.append(newAlerts(5, { lanes, priority: 'debug', receivedAtMs }));
  rig.deliver(quick, 'warning', 10);
  rig.deliver(slow, 'warning', 10);
  rig.deliver(quick, 'debug', fresh[2]!.n);
  rig.deliver(slow, 'debug', fresh[0]!.n);
  const rounds = Array.from({ length: 4 }, () => {
    shedOnce(rig);
    return stored(rig);
  });
  // What both have, of whatever priority; then what the quickest has; then what is left.
  assert.deepEqual(rounds, [{ warning: 10, debug: 4 }, { debug: 4 }, { debug: 2 }, {}]);
  assert.deepEqual(
    lanes.map((lane) => rig.ledgerOf(lane).suppressed),
    [2, 15, 4],
  );
  rig.assertConserved();
});

test('an alert that is an exception already is not shed as well', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const positions = rig.append(newAlerts(10, { lanes: [lane] }));
  rig.except(lane, positions[4] as Position, 'retry');
  rig.except(lane, positions[7] as Position, 'dead');
  shedOnce(rig);
  const { suppressed, retry, dead } = rig.ledgerOf(lane);
  assert.deepEqual({ suppressed, retry, dead }, { suppressed: 8, retry: 1, dead: 1 });
  assert.equal(rig.queries.deadLetters(10).length, 1, 'the dead letter keeps its text');
  rig.assertConserved();
});

test('a full queue takes new alerts while something below Error is left, then refuses them', () => {
  const rig = new StoreRig({ bytesMax: 2_000_000 });
  const [lane] = rig.lanes('out') as [number];
  const fill = (priority: Priority, rounds: number): boolean[] =>
    Array.from({ length: rounds }, () => {
      const { append } = rig.tryAppend([newAlert({ priority, lanes: [lane] }, 20_000)]);
      return append !== undefined && 'firstN' in append;
    });
  assert.ok(fill('debug', 50).every((taken) => taken));
  rig.nowMs += 60_000;
  assert.ok(fill('debug', 250).every((taken) => taken));
  const critical = fill('critical', 200);
  assert.equal(critical[0], true);
  assert.equal(critical.at(-1), false, 'nothing at or above Error is ever given up');
  assert.equal(stored(rig).debug, undefined);
  assert.ok(rig.store.usedBytes() < 2_100_000);
  // Progress is written all the same, and makes room.
  rig.deliver(lane, 'critical', rig.store.nextN - 1);
  assert.equal(fill('critical', 1)[0], true);
  rig.assertConserved();
});

test('with `reject` no gap is ever made', () => {
  const rig = new StoreRig({ bytesMax: 500_000, whenFull: 'reject' });
  const [lane] = rig.lanes('out') as [number];
  let refused = 0;
  for (let i = 0; i < 100; i += 1) {
    const { append } = rig.tryAppend([newAlert({ priority: 'debug', lanes: [lane] }, 20_000)]);
    if (append !== undefined && 'refused' in append) refused += 1;
  }
  assert.ok(refused > 50);
  assert.equal(rig.count('gap'), 0);
  assert.equal(rig.ledgerOf(lane).waiting, 100 - refused);
  rig.deliverAll(lane);
  assert.equal('firstN' in (rig.tryAppend([newAlert()]).append ?? {}), true);
});

test('what waits for outputs that are gone is given up before anything else', () => {
  const rig = new StoreRig();
  const [here, gone] = rig.lanes('here', 'gone') as [number, number];
  rig.append(newAlerts(10, { lanes: [here, gone] }));
  rig.sync('here');
  const moves = shedOnce(rig);
  assert.deepEqual(
    moves.filter(({ count }) => count > 0).map(({ lane, reason, count }) => [lane, reason, count]),
    [[gone, 'removed', 10]],
  );
  assert.equal(rig.ledgerOf(here).waiting, 10);
  assert.equal(rig.count('alert'), 10);
  rig.assertConserved();
});

test('dead letters keep within a tenth of the queue; the oldest lose their text', () => {
  const rig = new StoreRig({ bytesMax: 1_000_000 });
  const [lane] = rig.lanes('out') as [number];
  let dropped = 0;
  for (let i = 0; i < 20; i += 1) {
    const [position] = rig.append([newAlert({ lanes: [lane] }, 20_000)]) as [Position];
    rig.except(lane, position, 'dead');
    dropped += rig.store.commit({ packed: undefined, settlements: [] }, rig.nowMs).deadDropped;
  }
  const kept = rig.queries.deadLetters(100);
  assert.ok(kept.length >= 3 && kept.length <= 5, `${kept.length} kept`);
  assert.deepEqual(
    kept.map(({ id }) => id),
    Array.from({ length: kept.length }, (_, i) => 20 - i),
  );
  assert.equal(dropped, 0, 'each commit told of it as it happened');
  assert.equal(rig.ledgerOf(lane).dead, 20);
  rig.assertConserved();
});

test('however many dead letters one commit brings, they keep within their share', () => {
  const rig = new StoreRig({ bytesMax: 1_000_000 });
  const [lane] = rig.lanes('out') as [number];
  for (let i = 0; i < 4; i += 1) {
    const alerts = Array.from({ length: 500 }, () => newAlert({ lanes: [lane] }, 1000));
    const exceptions = rig.append(alerts).map((position) => ({
      position,
      state: 'dead' as const,
      reason: 'payload',
      detail: '',
      attempts: 1,
    }));
    rig.settle(lane, { exceptions });
  }
  const { bytes } = rig.db
    .prepare("SELECT sum(length(body)) AS bytes FROM exception WHERE state = 'dead'")
    .get() as { bytes: number };
  assert.ok(bytes <= 100_000, `${bytes} bytes of dead letters`);
  assert.equal(rig.ledgerOf(lane).dead, 2000);
  rig.assertConserved();
});

test('history is kept to its own bound, and only what is settled', () => {
  const rig = new StoreRig({ historyMax: 300_000 });
  const [lane] = rig.lanes('out') as [number];
  rig.append(newAlerts(3000, { lanes: [lane] }));
  assert.equal(rig.store.keepHistory(), false, 'all of it waits');
  rig.deliver(lane, 'warning', 2000);
  while (rig.store.keepHistory());
  assert.ok(rig.store.usedBytes() <= 300_000 || rig.count('alert') === 1000);
  assert.equal(rig.ledgerOf(lane).waiting, 1000);
  rig.assertConserved();
});

test('what only explained alerts that are gone goes with them', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const positions = rig.append(newAlerts(500, { lanes: [lane] }));
  const id = rig.except(lane, positions[3] as Position, 'retry');
  const dead = rig.except(lane, positions[4] as Position, 'dead');
  rig.settle(lane, {
    retries: [{ id, state: 'delivered', reason: '', detail: '', attempts: 4, failingMs: 0 }],
  });
  for (let to = 100; to <= 500; to += 100) {
    rig.nowMs += 1000;
    rig.deliver(lane, 'warning', to);
  }
  assert.equal(rig.count('receipt'), 5);
  shedOnce(rig);
  assert.equal(rig.count('alert'), 0);
  assert.equal(rig.count('receipt'), 1, 'the last one still bounds what comes next');
  assert.deepEqual(
    rig.db
      .prepare('SELECT id FROM exception')
      .all()
      .map((row) => row.id),
    [dead],
    'a dead letter outlives the alert',
  );
  rig.assertConserved();
});

test('gap rows are bounded, however long two kinds of giving up take turns', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  for (let i = 0; i < 1500; i += 1) {
    const [position] = rig.append([newAlert({ lanes: [lane], priority: 'debug' })]) as [Position];
    const from = position.n - 1;
    const reason = i % 2 === 0 ? 'stale' : 'damaged';
    rig.settle(lane, {
      cursors: [{ shard: 7, from, to: position.n, delivered: 0 }],
      gaps: [{ shard: 7, from, to: position.n, count: 1, reason }],
    });
  }
  while (rig.store.makeRoom(rig.nowMs, []));
  assert.ok(rig.count('gap') <= 1000, `${rig.count('gap')} rows`);
  assert.equal(rig.ledgerOf(lane).suppressed, 1500);
});
