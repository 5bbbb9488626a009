import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Position, StaleSurvey } from '../queue.ts';
import {
  damagePages,
  leafPages,
  temporaryDirectory,
} from '../../../test/support/queue-directory.ts';
import { Random } from '../../../test/support/random.ts';
import { newAlert, newAlerts, NO_LIMITS, StoreRig } from '../../../test/support/store-rig.ts';
import { PRIORITIES } from '../../alert.ts';
import { packAlerts } from './packed.ts';
import { createLedger, createLedgerStep, createSurvey } from './ledger.ts';
import { createCountWaiting } from './retention.ts';
import { openForReading, openForWriting } from './schema.ts';
import { Store } from './store.ts';

test('every alert of a lane is in exactly one sum', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out', 'other') as [number];
  const positions = rig.append(newAlerts(20, { lanes: [lane], priority: 'error' }));
  rig.append(newAlerts(5, { lanes: [lane], priority: 'emergency', receivedAtMs: 5 }));
  rig.except(lane, positions[3] as Position, 'retry');
  rig.except(lane, positions[12] as Position, 'dead');
  rig.deliver(lane, 'error', 8);
  rig.settle(lane, {
    cursors: [{ shard: 3, from: 8, to: 10, delivered: 0 }],
    gaps: [{ shard: 3, from: 8, to: 10, count: 2, reason: 'stale' }],
  });
  const { lane: _, state: __, ...sums } = rig.ledgerOf(lane);
  assert.deepEqual(sums, {
    routed: 25,
    delivered: 7,
    dead: 1,
    suppressed: 2,
    retry: 1,
    held: 0,
    waiting: 14,
    oldestWaitingMs: 5,
    mismatch: 0,
  });
});

test('an alert that is lost shows as a mismatch', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append(newAlerts(5, { lanes: [lane] }));
  rig.db.exec('DELETE FROM alert WHERE pos % 1125899906842624 = 2');
  assert.equal(rig.ledgerOf(lane).mismatch, 1);
});

test('an alert that is counted twice shows as a mismatch', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append(newAlerts(5, { lanes: [lane] }));
  rig.settle(lane, { cursors: [{ shard: 4, from: 0, to: 2, delivered: 3 }] });
  assert.equal(rig.ledgerOf(lane).mismatch, -1);
});

test('the sums can be read of a file that lost alerts behind its exceptions', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const positions = rig.append(newAlerts(3, { lanes: [lane] }));
  rig.except(lane, positions[1] as Position, 'retry');
  rig.db.exec('DELETE FROM alert');
  const { retry, mismatch } = rig.ledgerOf(lane);
  assert.equal(retry, 1);
  assert.notEqual(mismatch, 0);
});

/** What waits for a lane, counted from the alerts one by one. */
function waitingOf(rig: StoreRig, lane: number): number {
  const count = createCountWaiting(rig.db);
  const head = rig.store.nextN - 1;
  return PRIORITIES.reduce(
    (sum, priority, shard) => sum + count(lane, shard, rig.cursor(lane, priority), head),
    0,
  );
}

test('counted in steps, block by block, it is what it would be counted at once', () => {
  const random = new Random(7);
  const rig = new StoreRig();
  const lanes = rig.lanes('a', 'b', 'c', 'd');
  const step = createLedgerStep(rig.db, 0.001);
  let steps = 0;
  for (let round = 0; round < 12; round += 1) {
    const alerts = Array.from({ length: 2500 }, () =>
      newAlert({
        priority: random.pick(PRIORITIES),
        lanes: lanes.filter(() => random.chance(0.5)),
        receivedAtMs: round,
      }),
    );
    const positions = rig.append(alerts);
    for (const [i, lane] of lanes.entries()) {
      const own = positions.filter((_, k) => alerts[k]?.lanes.includes(lane));
      rig.except(lane, random.pick(own), 'retry');
      // One lane keeps up, one is far behind, and never moves but for what is shed.
      const priority = random.pick(PRIORITIES);
      const from = rig.cursor(lane, priority);
      if (i > 0) rig.deliver(lane, priority, from + random.below(rig.store.nextN - from));
    }
    rig.deliverAll(lanes[3] as number);
    if (random.chance(0.4)) rig.store.makeRoom(rig.nowMs, []);
    let ledger = step();
    for (; ledger === undefined; ledger = step()) steps += 1;
    assert.deepEqual(ledger, rig.ledger(), `round ${round}`);
    assert.notEqual(step(), undefined, 'what is counted is not counted again');
    for (const { lane, waiting, mismatch } of ledger) {
      assert.deepEqual([waiting, mismatch], [waitingOf(rig, lane.id), 0], lane.name);
    }
  }
  assert.ok(steps >= 20, `${steps} steps`);
  assert.ok(rig.ledgerOf(lanes[0] as number).waiting > 8000);
});

test('the sums of a damaged file can be told, and do not add up', (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'queue.db');
  const db = openForWriting(path);
  const store = new Store(db, path, NO_LIMITS);
  const [start] = store.syncLanes([{ name: 'out', type: 'webhook' }], 1);
  const lane = start?.lane.id as number;
  store.commit({ packed: packAlerts(newAlerts(9000, { lanes: [lane] })), settlements: [] }, 1);
  const pages = leafPages(db, 'alert').slice(10, 12);
  db.close();
  damagePages(path, pages);
  const reading = openForReading(path);
  t.after(() => reading.close());
  const [ledger] = createLedger(reading)();
  assert.equal(ledger?.routed, 9000);
  assert.ok(ledger.mismatch > 0 && ledger.mismatch < 9000, `${ledger.mismatch}`);
});

function survey(rig: StoreRig, lane: number, beforeMs: number, except: Position[] = []) {
  const after = rig.sync('out')[0]?.cursors ?? [];
  return createSurvey(rig.db)(lane, after, beforeMs, except, rig.store.nextN - 1);
}

const counted = ({ gaps }: StaleSurvey): number => gaps.reduce((sum, { count }) => sum + count, 0);

test('a survey counts the leading old alerts of each shard by rule and priority', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const old = { lanes: [lane], receivedAtMs: 100 };
  rig.append(newAlerts(3, { ...old, rule: 'A' }));
  rig.append(newAlerts(2, { lanes: [], receivedAtMs: 100 }));
  rig.append(newAlerts(2, { ...old, receivedAtMs: 150, rule: 'B', priority: 'emergency' }));
  rig.append([newAlert({ ...old, receivedAtMs: 900 })]);
  rig.append([newAlert({ ...old, rule: 'behind a young one' })]);
  const found = survey(rig, lane, 500);
  assert.deepEqual(found, {
    gaps: [
      { shard: 0, from: 0, to: 7, count: 2 },
      { shard: 4, from: 0, to: 5, count: 3 },
    ],
    counts: [
      { rule: 'B', priority: 'emergency', count: 2 },
      { rule: 'A', priority: 'warning', count: 3 },
    ],
    oldestMs: 100,
    newestMs: 150,
  });
});

test('what is delivered already, or an exception, is in no gap of a survey', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const positions = rig.append(newAlerts(10, { lanes: [lane], receivedAtMs: 100 }));
  rig.except(lane, positions[6] as Position, 'retry');
  const found = survey(rig, lane, 500, [positions[2] as Position, positions[9] as Position]);
  assert.deepEqual(found.gaps, [
    { shard: 4, from: 0, to: 2, count: 2 },
    { shard: 4, from: 3, to: 6, count: 3 },
    { shard: 4, from: 7, to: 9, count: 2 },
  ]);
  assert.equal(counted(found), 7);
});

test('nothing old: an empty survey', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append(newAlerts(3, { lanes: [lane], receivedAtMs: 100 }));
  assert.deepEqual(survey(rig, lane, 100).gaps, []);
});

test('a survey tells 100 rules apart, and counts the others together', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append(
    Array.from({ length: 150 }, (_, i) =>
      newAlert({ lanes: [lane], receivedAtMs: 1, rule: `rule ${i}` }),
    ),
  );
  const { counts } = survey(rig, lane, 500);
  assert.ok(counts.length <= 101, `${counts.length} rules`);
  assert.equal(
    counts.reduce((sum, { count }) => sum + count, 0),
    150,
  );
  assert.equal(counts.find(({ rule }) => rule === 'other rules')?.count, 50);
});
