import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position } from '../queue.ts';
import { newAlert, newAlerts, StoreRig } from '../../../test/support/store-rig.ts';

/** Two lanes, and one alert of the first that is a dead letter, before or beyond its cursor. */
function withDead(cursor: 'passed' | 'held back') {
  const rig = new StoreRig();
  const [from, to] = rig.lanes('from', 'to') as [number, number];
  const alerts = newAlerts(3, { lanes: [from] });
  const positions = rig.append(alerts);
  const id = rig.except(from, positions[1] as Position, 'dead');
  if (cursor === 'passed') rig.deliver(from, 'warning', 3);
  return { rig, from, to, id, uuid: (alerts[1] as { uuid: string }).uuid };
}

test('a dead letter that is replayed is to be tried again, with attempts from 0', () => {
  for (const cursor of ['passed', 'held back'] as const) {
    const { rig, from, id } = withDead(cursor);
    assert.deepEqual(rig.store.dead.replay({ ids: [id] }), [{ id, lane: from }]);
    const [row] = rig.reads.exceptions(from, 'retry', 10);
    assert.deepEqual({ id: row?.id, attempts: row?.attempts }, { id, attempts: 0 });
    rig.assertConserved(cursor);
    const settled = { id, state: 'delivered', reason: '', detail: '', attempts: 1, failingMs: 0 };
    rig.settle(from, { retries: [{ ...settled, state: 'delivered' }] });
    assert.equal(rig.ledgerOf(from).delivered, cursor === 'passed' ? 3 : 1);
    rig.assertConserved(`${cursor}, delivered`);
  }
});

test('handed to another output it leaves the sums of the old one, which never delivered it', () => {
  for (const cursor of ['passed', 'held back'] as const) {
    const { rig, from, to, id, uuid } = withDead(cursor);
    assert.deepEqual(rig.store.dead.replay({ ids: [id] }, to), [{ id, lane: to }]);
    rig.assertConserved(cursor);
    const fate = rig.fates(uuid).from;
    assert.equal(fate?.state, 'dropped', cursor);
    assert.equal(fate?.state === 'dropped' && fate.detail, 'Replayed to to');
    rig.restart();
    const settled = rig.sync('from', 'to')[0]?.settled.length;
    assert.equal(settled, cursor === 'passed' ? 0 : 1, 'it is not sent again by the old output');
    rig.deliver(from, 'warning', 3);
    rig.assertConserved(`${cursor}, the others delivered`);
    assert.equal(rig.ledgerOf(from).delivered, 2);
    assert.equal(rig.fates(uuid).from?.state, 'dropped');
  }
});

test('handed on, dead again, and back: the sums hold at each step', () => {
  const { rig, from, to, id } = withDead('held back');
  const dead = { id, state: 'dead', reason: 'payload', detail: '', attempts: 1, failingMs: 0 };
  rig.store.dead.replay({ ids: [id] }, to);
  rig.settle(to, { retries: [{ ...dead, state: 'dead' }] });
  assert.equal(rig.ledgerOf(to).dead, 1);
  rig.assertConserved('dead at the second');
  rig.store.dead.replay({ ids: [id] }, from);
  assert.equal(rig.ledgerOf(from).retry, 1);
  rig.assertConserved('back at the first');
  rig.settle(from, { retries: [{ ...dead, state: 'delivered' }] });
  rig.assertConserved('delivered');
  while (rig.store.makeRoom(rig.nowMs, []));
  rig.assertConserved('after retention');
});

test('two outputs hand the same alert to a third: it is sent once, and the sums hold', () => {
  const rig = new StoreRig();
  const [a, b, c] = rig.lanes('a', 'b', 'c') as [number, number, number];
  const [position] = rig.append([newAlert({ lanes: [a, b] })]) as [Position];
  rig.except(a, position, 'dead');
  rig.except(b, position, 'dead');
  assert.equal(rig.store.dead.replay({}, c).length, 2);
  const [row, ...more] = rig.reads.exceptions(c, 'retry', 10);
  assert.deepEqual(more, []);
  assert.deepEqual(row?.position, position);
  rig.assertConserved('handed over');
  const ends = { reason: '', detail: '', attempts: 1, failingMs: 0 };
  rig.settle(c, { retries: [{ id: row?.id as number, state: 'delivered', ...ends }] });
  assert.equal(rig.ledgerOf(c).delivered, 1);
  rig.assertConserved('delivered');
});

test('an output that waits for an alert on its own is not spared it by one that was handed over', () => {
  const rig = new StoreRig();
  const [a, b] = rig.lanes('a', 'b') as [number, number];
  const [position] = rig.append([newAlert({ lanes: [a, b] })]) as [Position];
  const id = rig.except(a, position, 'dead');
  rig.store.dead.replay({ ids: [id] }, b);
  assert.deepEqual(rig.sync('a', 'b')[1]?.settled, []);
  rig.deliver(b, 'warning', 1);
  assert.equal(rig.ledgerOf(b).delivered, 1);
  rig.assertConserved();
});

test('a dead letter cannot be handed to an output that does not exist', () => {
  const { rig, id } = withDead('passed');
  assert.throws(() => rig.store.dead.replay({ ids: [id] }, 99), /No lane 99/);
  assert.equal(rig.queries.deadLetters(10).length, 1);
  rig.assertConserved();
});

test('an id that is named twice is replayed once', () => {
  const { rig, from, id } = withDead('passed');
  assert.equal(rig.store.dead.replay({ ids: [id, id, 77] }).length, 1);
  assert.equal(rig.store.dead.replay({ ids: [id] }).length, 0);
  assert.equal(rig.ledgerOf(from).retry, 1);
  rig.assertConserved();
});

test('without ids all of a lane, or all there are, at most 1000 a call', () => {
  const rig = new StoreRig();
  const [a, b] = rig.lanes('a', 'b') as [number, number];
  const positions = rig.append(newAlerts(1100, { lanes: [a, b] }));
  const exceptions = positions.map((position) => ({
    position,
    state: 'dead' as const,
    reason: 'payload',
    detail: '',
    attempts: 1,
  }));
  rig.settle(a, { exceptions });
  rig.settle(b, { exceptions: exceptions.slice(0, 3) });
  assert.equal(rig.store.dead.replay({ lane: b }).length, 3);
  assert.equal(rig.store.dead.replay({}).length, 1000);
  assert.equal(rig.store.dead.replay({}).length, 100);
  assert.equal(rig.store.dead.replay({}).length, 0);
  rig.assertConserved();
});

test('a dropped dead letter loses its text, not its record', () => {
  const { rig, from, id, uuid } = withDead('passed');
  assert.equal(rig.store.dead.drop({ ids: [id, id] }), 1);
  assert.equal(rig.store.dead.drop({ ids: [id] }), 0);
  assert.deepEqual(rig.queries.deadLetters(10), []);
  assert.equal(rig.fates(uuid).from?.state, 'dropped');
  assert.equal(rig.store.dead.replay({ ids: [id] }).length, 0, 'there is nothing to send');
  assert.equal(rig.ledgerOf(from).dead, 1);
  rig.assertConserved();
});

test('bytes of dead letters are counted through replay, drop and death', () => {
  const rig = new StoreRig({ bytesMax: 1_000_000 });
  const [lane] = rig.lanes('out') as [number];
  const [one, two] = rig.append([
    newAlert({ lanes: [lane] }, 60_000),
    newAlert({ lanes: [lane] }, 60_000),
  ]) as [Position, Position];
  const first = rig.except(lane, one, 'dead');
  rig.store.dead.replay({ ids: [first] });
  const second = rig.except(lane, two, 'dead');
  const commit = () => rig.store.commit({ packed: undefined, settlements: [] }, rig.nowMs);
  assert.equal(commit().deadDropped, 0, 'a replayed one counts no more');
  const row = { state: 'dead', reason: 'payload', detail: '', attempts: 1, failingMs: 0 } as const;
  rig.settle(lane, { retries: [{ id: first, ...row }] });
  assert.deepEqual(
    rig.queries.deadLetters(10).map(({ id }) => id),
    [second],
    'two are too many: the oldest goes',
  );
  assert.equal(rig.store.dead.drop({ ids: [second] }), 1);
  rig.assertConserved();
});

test('what a summary stood for can be taken back, and only that', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('chat') as [number];
  const positions = rig.append(newAlerts(20, { lanes: [lane] }));
  rig.except(lane, positions[2] as Position, 'dead');
  const stale = { shard: 4, reason: 'stale' } as const;
  rig.settle(lane, {
    cursors: [{ shard: 4, from: 0, to: 10, delivered: 1 }],
    gaps: [
      { ...stale, from: 0, to: 2, count: 2 },
      { ...stale, from: 3, to: 8, count: 5 },
      { ...stale, from: 9, to: 10, count: 1 },
    ],
  });
  rig.assertConserved('summarised');
  assert.equal(rig.store.dead.replayStale(lane, rig.nowMs), 8);
  const { retry, suppressed, delivered, dead } = rig.ledgerOf(lane);
  assert.deepEqual(
    { retry, suppressed, delivered, dead },
    { retry: 8, suppressed: 0, delivered: 1, dead: 1 },
  );
  assert.equal(rig.store.dead.replayStale(lane, rig.nowMs), 0);
  rig.assertConserved();
});

test('summaries whose alerts are gone from history do not hide those whose alerts are there', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('chat') as [number];
  rig.append(newAlerts(250, { lanes: [lane] }));
  // Every second one was delivered in time, so that each gap stands by itself.
  const gaps = Array.from({ length: 125 }, (_, i) => ({
    shard: 4,
    from: 2 * i,
    to: 2 * i + 1,
    count: 1,
    reason: 'stale' as const,
  }));
  rig.settle(lane, { cursors: [{ shard: 4, from: 0, to: 250, delivered: 125 }], gaps });
  rig.db.exec('DELETE FROM alert WHERE pos IN (SELECT pos FROM alert ORDER BY pos LIMIT 240)');
  assert.equal(rig.store.dead.replayStale(lane, rig.nowMs), 5);
  assert.equal(rig.ledgerOf(lane).retry, 5);
  rig.assertConserved();
});
