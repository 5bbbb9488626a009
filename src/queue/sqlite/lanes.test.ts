import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position } from '../queue.ts';
import { newAlert, newAlerts, StoreRig } from '../../../test/support/store-rig.ts';

const names = (rig: StoreRig): string[] =>
  rig.ledger().map(({ lane, state }) => `${lane.id} ${lane.name} ${state}`);

test('a new lane starts now', () => {
  const rig = new StoreRig();
  rig.append(newAlerts(5));
  const [start] = rig.sync('out');
  assert.deepEqual(new Set(start?.cursors.map(({ n }) => n)), new Set([5]));
  rig.append([newAlert({ lanes: [start?.lane.id as number] })]);
  assert.equal(rig.ledgerOf(start?.lane.id as number).waiting, 1);
});

test('an output that goes is an orphan and keeps what waits; one that comes back goes on', () => {
  const rig = new StoreRig();
  const [a] = rig.lanes('a', 'b') as [number];
  rig.append(newAlerts(4, { lanes: [a] }));
  rig.deliver(a, 'warning', 1);
  rig.sync('b');
  assert.deepEqual(names(rig), ['1 a orphan', '2 b active']);
  rig.append([newAlert({ lanes: [a] })]);
  const [again] = rig.sync('a', 'b');
  assert.equal(again?.lane.id, a);
  assert.deepEqual(again?.cursors[4], { shard: 4, n: 1 });
  assert.equal(rig.ledgerOf(a).waiting, 4);
  rig.assertConserved();
});

test('a renamed output takes over its lane, whatever the order of the configuration', () => {
  const renamed = { name: 'new', type: 'webhook', formerly: 'old' };
  for (const order of [
    [renamed, { name: 'old', type: 'webhook' }],
    [{ name: 'old', type: 'webhook' }, renamed],
  ]) {
    const rig = new StoreRig();
    const [lane] = rig.lanes('old') as [number];
    rig.append(newAlerts(3, { lanes: [lane] }));
    const starts = rig.sync(...order);
    const ids = Object.fromEntries(starts.map((start) => [start.lane.name, start.lane.id]));
    assert.deepEqual(ids, { new: lane, old: lane + 1 });
    assert.equal(rig.ledgerOf(lane).waiting, 3);
    // The same configuration again changes nothing.
    const again = rig.sync(...order);
    assert.deepEqual(
      again.map((start) => start.lane.id),
      starts.map((start) => start.lane.id),
    );
    rig.assertConserved();
  }
});

test('two outputs that were formerly one: the first has its lane, the second a new one', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('old') as [number];
  const starts = rig.sync(
    { name: 'x', type: 'webhook', formerly: 'old' },
    { name: 'y', type: 'webhook', formerly: 'old' },
  );
  assert.deepEqual(
    starts.map((start) => start.lane.id),
    [lane, lane + 1],
  );
});

test('outputs renamed in a row each take over their lane, whatever the order', () => {
  const second = { name: 'b', type: 'webhook', formerly: 'a' };
  const third = { name: 'c', type: 'webhook', formerly: 'b' };
  for (const order of [
    [second, third],
    [third, second],
  ]) {
    const rig = new StoreRig();
    rig.lanes('a', 'b');
    for (const again of [false, true]) {
      const starts = rig.sync(...order);
      const ids = Object.fromEntries(starts.map(({ lane }) => [lane.name, lane.id]));
      assert.deepEqual(ids, { b: 1, c: 2 }, again ? 'again' : 'at first');
    }
    assert.deepEqual(names(rig), ['1 b active', '2 c active']);
  }
});

test('a lane is renamed once, though names go round in a circle', () => {
  const rig = new StoreRig();
  rig.lanes('a');
  const starts = rig.sync(
    { name: 'a', type: 'webhook', formerly: 'b' },
    { name: 'b', type: 'webhook', formerly: 'a' },
  );
  assert.deepEqual(
    starts.map(({ lane }) => [lane.name, lane.id]),
    [
      ['a', 2],
      ['b', 1],
    ],
  );
});

test('an orphan can be taken over by `formerly`', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('old', 'other') as [number];
  rig.append(newAlerts(3, { lanes: [lane] }));
  rig.sync('other');
  const [start] = rig.sync({ name: 'new', type: 'webhook', formerly: 'old' }, 'other');
  assert.equal(start?.lane.id, lane);
  assert.deepEqual(names(rig), ['1 new active', '2 other active']);
});

test('an output of another type goes on with its lane', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const [start] = rig.sync({ name: 'out', type: 'slack' });
  assert.deepEqual(start?.lane, { id: lane, name: 'out', type: 'slack' });
});

test('a dropped lane gives up what waited and what was to be tried again, and frees its name', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out', 'other') as [number];
  const positions = rig.append(newAlerts(5, { lanes: [lane] }));
  rig.except(lane, positions[1] as Position, 'retry');
  rig.except(lane, positions[2] as Position, 'dead');
  rig.deliver(lane, 'warning', 3);
  assert.deepEqual(rig.store.dropOrphans(rig.nowMs, 'out'), [], 'an active lane is not dropped');
  rig.sync('other');
  assert.deepEqual(rig.store.dropOrphans(rig.nowMs), [], 'its time is not over');
  assert.deepEqual(rig.store.dropOrphans(rig.nowMs, 'out'), ['out']);
  const { state, delivered, dead, suppressed, waiting, retry } = rig.ledgerOf(lane);
  assert.deepEqual(
    { state, delivered, dead, suppressed, waiting, retry },
    { state: 'dropped', delivered: 1, dead: 1, suppressed: 3, waiting: 0, retry: 0 },
  );
  const [start] = rig.sync('out', 'other');
  assert.equal(start?.lane.id, 3, 'an id is never given twice');
  assert.equal(rig.ledgerOf(3).waiting, 0);
  rig.assertConserved();
});

test('an orphan goes by itself when its time is over', () => {
  const rig = new StoreRig({ orphanMaxMs: 1000 });
  const [lane] = rig.lanes('out', 'other') as [number];
  rig.append(newAlerts(2, { lanes: [lane] }));
  rig.sync('other');
  rig.nowMs += 1000;
  assert.deepEqual(rig.store.dropOrphans(rig.nowMs), []);
  rig.nowMs += 1;
  assert.deepEqual(rig.store.dropOrphans(rig.nowMs), ['out']);
  assert.equal(rig.ledgerOf(lane).suppressed, 2);
  rig.assertConserved();
});

test('what a dropped output loses is told with the next commit, and once', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out', 'other') as [number];
  const positions = rig.append(newAlerts(5, { lanes: [lane] }));
  rig.except(lane, positions[4] as Position, 'retry');
  rig.sync('other');
  rig.store.dropOrphans(rig.nowMs, 'out');
  const told = (): unknown[] =>
    rig
      .tryAppend([])
      .moves.filter(({ count }) => count > 0)
      .map((move) => [move.lane, move.reason, move.count]);
  assert.deepEqual(told(), [
    [lane, 'removed', 4],
    [lane, 'removed', 1],
  ]);
  assert.deepEqual(told(), []);
});

test('dead letters of a dropped lane no longer count against those of the others', () => {
  const rig = new StoreRig({ bytesMax: 1_000_000 });
  const [gone, here] = rig.lanes('gone', 'here') as [number, number];
  const [big, small] = rig.append([
    newAlert({ lanes: [gone] }, 90_000),
    newAlert({ lanes: [here] }, 30_000),
  ]) as [Position, Position];
  rig.except(gone, big, 'dead');
  rig.sync('here');
  rig.store.dropOrphans(rig.nowMs, 'gone');
  const kept = rig.except(here, small, 'dead');
  rig.store.commit({ packed: undefined, settlements: [] }, rig.nowMs);
  assert.deepEqual(
    rig.queries.deadLetters(10).map(({ id }) => id),
    [kept],
  );
});

test('what lies settled beyond the cursor is told at a start', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const positions = rig.append(newAlerts(5, { lanes: [lane] }));
  rig.except(lane, positions[0] as Position, 'dead');
  rig.except(lane, positions[3] as Position, 'retry');
  rig.deliver(lane, 'warning', 2);
  rig.restart();
  const [start] = rig.sync('out');
  assert.deepEqual(start?.settled, [{ shard: 4, n: 4 }]);
});

test('an output whose name looks like that of a dropped lane does no harm', () => {
  const rig = new StoreRig();
  rig.lanes('out', 'other');
  rig.sync('other');
  rig.store.dropOrphans(rig.nowMs, 'out');
  const [start] = rig.sync('out', 'other');
  assert.equal(start?.lane.name, 'out');
  assert.deepEqual(names(rig), ['1 out#1 dropped', '2 other active', '3 out active']);
});
