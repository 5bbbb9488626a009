import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fate } from '../history.ts';
import type { Position } from '../queue.ts';
import { newAlert, newAlerts, StoreRig } from '../../../test/support/store-rig.ts';

/** `why`: what it says must be what happened, and never more than is known. */

const ends = { reason: 'payload', detail: 'HTTP 400', attempts: 2, failingMs: 5 } as const;

test('what became of each alert is told as it happened', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const alerts = newAlerts(10, { lanes: [lane] });
  const uuids = alerts.map(({ uuid }) => uuid);
  const at = rig.append(alerts) as Position[];
  const startMs = rig.nowMs;
  const state = (i: number): Fate | undefined => rig.fates(uuids[i] as string).out;
  assert.deepEqual(state(0), { state: 'waiting' });

  rig.deliver(lane, 'warning', 2);
  rig.nowMs += 5000;
  const retry = rig.except(lane, at[2] as Position, 'retry');
  const dead = rig.except(lane, at[3] as Position, 'dead');
  const mended = rig.except(lane, at[4] as Position, 'retry');
  const dropped = rig.except(lane, at[5] as Position, 'dead');
  rig.settle(lane, {
    cursors: [{ shard: 4, from: 2, to: 8, delivered: 1 }],
    gaps: [{ shard: 4, from: 7, to: 8, count: 1, reason: 'stale' }],
    retries: [{ id: mended, state: 'delivered', ...ends }],
  });
  rig.store.dead.drop({ ids: [dropped] });

  const row = { reason: 'server', detail: 'a detail', attempts: 3, atMs: startMs + 5000 };
  assert.deepEqual(state(0), { state: 'delivered', byMs: startMs });
  assert.deepEqual(state(2), { state: 'retry', id: retry, ...row });
  assert.deepEqual(state(3), { state: 'dead', id: dead, ...row });
  assert.deepEqual(state(4), { state: 'delivered', byMs: startMs + 5000 });
  assert.deepEqual(state(5), { state: 'dropped', id: dropped, ...row });
  assert.deepEqual(state(6), { state: 'delivered', afterMs: startMs, byMs: startMs + 5000 });
  assert.deepEqual(state(7), { state: 'gap', reason: 'stale', atMs: startMs + 5000 });
  assert.deepEqual(state(8), { state: 'waiting' });
});

test('an output that an alert was not for is not named', () => {
  const rig = new StoreRig();
  const [a] = rig.lanes('a', 'b') as [number];
  const alert = newAlert({ lanes: [a] });
  const nobody = newAlert();
  rig.append([alert, nobody]);
  assert.deepEqual(Object.keys(rig.fates(alert.uuid)), ['a']);
  assert.deepEqual(rig.fates(nobody.uuid), {});
});

test('without a receipt it is beyond history, never delivered', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const alert = newAlert({ lanes: [lane] });
  rig.append([alert, ...newAlerts(5, { lanes: [lane] })]);
  rig.deliver(lane, 'warning', 6);
  rig.db.exec('DELETE FROM receipt');
  assert.deepEqual(rig.fates(alert.uuid).out, { state: 'beyondHistory' });
});

test('what was given up for room is told as that, though other outputs had it', () => {
  const rig = new StoreRig();
  const [fast, slow] = rig.lanes('fast', 'slow') as [number, number];
  // Two shards, so that shedding one leaves the other to ask about.
  const kept = newAlert({ lanes: [fast, slow], priority: 'critical' });
  rig.append([kept, ...newAlerts(5, { lanes: [fast, slow], priority: 'debug' })]);
  rig.deliverAll(fast);
  rig.store.makeRoom(rig.nowMs, []);
  assert.equal(rig.fates(kept.uuid).fast?.state, 'delivered');
  assert.deepEqual(rig.fates(kept.uuid).slow, { state: 'waiting' });
  assert.equal(rig.ledgerOf(slow).suppressed, 5);
});

test('a dropped output delivered only what it delivered', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('gone', 'here') as [number];
  const alerts = newAlerts(5, { lanes: [lane] });
  const at = rig.append(alerts) as Position[];
  rig.except(lane, at[1] as Position, 'dead');
  rig.except(lane, at[2] as Position, 'retry');
  rig.deliver(lane, 'warning', 4);
  rig.sync('here');
  rig.store.dropOrphans(rig.nowMs, 'gone');
  const states = alerts.map(({ uuid }) => rig.fates(uuid)[`gone#${lane}`]?.state);
  assert.deepEqual(states, ['delivered', 'dropped', 'dropped', 'delivered', 'gap']);
});

test('an orphan’s alerts wait, and are told under its name', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out', 'other') as [number];
  const alert = newAlert({ lanes: [lane] });
  rig.append([alert]);
  rig.sync('other');
  assert.deepEqual(rig.fates(alert.uuid), { out: { state: 'waiting' } });
  rig.sync({ name: 'renamed', type: 'webhook', formerly: 'out' }, 'other');
  assert.deepEqual(rig.fates(alert.uuid), { renamed: { state: 'waiting' } });
});

test('a dead letter is found by its uuid though history no longer has its alert', () => {
  const rig = new StoreRig();
  const [out, other] = rig.lanes('out', 'other') as [number, number];
  const alert = newAlert({ lanes: [out, other], priority: 'critical' });
  const json = `{"uuid":"${alert.uuid}","priority":"Critical","rule":"A shell","source":"syscall","hostname":"node-7"}`;
  const [at] = rig.append([{ ...alert, json, receivedAtMs: 1234 }]) as [Position];
  const id = rig.except(out, at, 'dead');
  rig.deliverAll(out);
  rig.deliverAll(other);
  while (rig.store.makeRoom(rig.nowMs, []));
  assert.equal(rig.count('alert'), 0);
  const [found, ...more] = rig.queries.find(alert.uuid);
  assert.deepEqual(more, []);
  const { fates, ...alertItself } = found as NonNullable<typeof found>;
  assert.deepEqual(alertItself, {
    uuid: alert.uuid,
    receivedAtMs: 1234,
    priority: 'critical',
    rule: 'A shell',
    source: 'syscall',
    hostname: 'node-7',
    ingest: '{}',
    json,
  });
  const row = { reason: 'server', detail: 'a detail', attempts: 3, atMs: rig.nowMs };
  assert.deepEqual(fates.out, { state: 'dead', id, ...row });
  assert.deepEqual(fates.other, { state: 'beyondHistory' }, 'never "delivered" without a receipt');
});

test('a dead letter that was handed to another output is told there, too', () => {
  const rig = new StoreRig();
  const [from, to] = rig.lanes('from', 'to') as [number, number];
  const alerts = newAlerts(2, { lanes: [from] });
  const [first, second] = rig.append(alerts) as [Position, Position];
  const ids = [rig.except(from, first, 'dead'), rig.except(from, second, 'dead')];
  rig.store.dead.replay({ ids: [ids[0] as number] }, to);
  const fates = () => rig.fates(alerts[0]?.uuid ?? '');
  assert.deepEqual([fates().from?.state, fates().to?.state], ['dropped', 'retry']);
  assert.deepEqual(Object.keys(rig.fates(alerts[1]?.uuid ?? '')), ['from']);
  rig.settle(to, { retries: [{ id: ids[0] as number, state: 'delivered', ...ends }] });
  assert.deepEqual(fates().to, { state: 'delivered', byMs: rig.nowMs });
  rig.deliverAll(from);
  rig.deliverAll(to);
  while (rig.store.makeRoom(rig.nowMs, []));
  assert.equal(rig.count('exception'), 1, 'only the dead letter outlives its alert');
});

test('what an output was given comes before what it had on its own', () => {
  const rig = new StoreRig();
  const [a, b] = rig.lanes('a', 'b') as [number, number];
  const alert = newAlert({ lanes: [a, b] });
  const [at] = rig.append([alert]) as [Position];
  const id = rig.except(a, at, 'dead');
  rig.deliverAll(b);
  assert.equal(rig.fates(alert.uuid).b?.state, 'delivered');
  rig.store.dead.replay({ ids: [id] }, b);
  assert.equal(rig.fates(alert.uuid).b?.state, 'retry');
  rig.settle(b, { retries: [{ id, state: 'dead', ...ends }] });
  rig.store.dead.replay({ ids: [id] }, a);
  const { a: atFirst, b: atSecond } = rig.fates(alert.uuid);
  assert.deepEqual([atFirst?.state, atSecond?.state], ['retry', 'dropped']);
});

test('alerts that share a uuid are all found', () => {
  const rig = new StoreRig();
  const uuid = '00000000-0000-7000-9000-00000000abcd';
  rig.append([newAlert({ uuid, rule: 'one' }), newAlert({ uuid, rule: 'two', priority: 'debug' })]);
  const found = rig.queries.find(uuid);
  assert.deepEqual(
    found.map(({ rule, priority }) => [rule, priority]),
    [
      ['one', 'warning'],
      ['two', 'debug'],
    ],
  );
  assert.deepEqual(rig.queries.find('unknown'), []);
});

test('alerts are listed by rule, host, time, output and state, the newest first', () => {
  const rig = new StoreRig();
  const [a, b] = rig.lanes('a', 'b') as [number, number];
  const make = (i: number) =>
    newAlert({
      receivedAtMs: 1000 + i,
      rule: i % 2 === 0 ? 'even' : 'odd',
      hostname: i < 10 ? 'low' : 'high',
      priority: i % 5 === 0 ? 'critical' : 'notice',
      lanes: i % 4 === 0 ? [a, b] : [a],
    });
  const at = rig.append(Array.from({ length: 20 }, (_, i) => make(i)));
  rig.except(a, at[7] as Position, 'dead');
  const times = (filter: Parameters<typeof rig.queries.alerts>[0]): number[] =>
    rig.queries.alerts(filter).map(({ receivedAtMs }) => receivedAtMs - 1000);
  assert.deepEqual(times({ limit: 3 }), [19, 18, 17]);
  assert.deepEqual(times({ limit: 100, rule: 'odd', hostname: 'low' }), [9, 7, 5, 3, 1]);
  assert.deepEqual(times({ limit: 100, sinceMs: 1005, untilMs: 1007 }), [7, 6, 5]);
  assert.deepEqual(times({ limit: 100, output: 'b' }), [16, 12, 8, 4, 0]);
  assert.deepEqual(times({ limit: 100, state: 'dead' }), [7]);
  assert.deepEqual(times({ limit: 100, output: 'b', state: 'dead' }), []);
});

test('dead letters are listed with their text and the name of their output', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const alerts = newAlerts(3, { lanes: [lane] });
  const at = rig.append(alerts) as Position[];
  const ids = at.map((position) => rig.except(lane, position, 'dead'));
  const [newest] = rig.queries.deadLetters(1);
  assert.equal(newest?.id, ids[2]);
  assert.equal(newest?.output, 'out');
  assert.equal(newest?.json, alerts[2]?.json);
  assert.equal(rig.queries.deadLetters(10, ids[0]).length, 1);
});
