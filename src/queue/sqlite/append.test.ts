import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRIORITIES, severityOf } from '../../alert.ts';
import { newAlert, newAlerts, StoreRig } from '../../../test/support/store-rig.ts';
import { rowChecksum } from './append.ts';

test('numbers go up by one across all priorities', () => {
  const rig = new StoreRig();
  const positions = rig.append(PRIORITIES.map((priority) => newAlert({ priority })));
  assert.deepEqual(
    positions,
    PRIORITIES.map((priority, i) => ({ shard: severityOf(priority), n: i + 1 })),
  );
  assert.deepEqual(rig.append([newAlert()]), [{ shard: 4, n: 9 }]);
});

test('an alert is read back as it was stored', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const alert = newAlert({ lanes: [lane], ingest: '{"input":"http"}', receivedAtMs: 12_345 }, 5000);
  const [position] = rig.append([alert]);
  const { json, ingest, receivedAtMs } = alert;
  assert.deepEqual(rig.reads.read(lane, 4, 0, 10, 1), {
    alerts: [{ position, json, ingest, receivedAtMs }],
    damaged: [],
    scannedTo: 1,
  });
});

test('each lane an alert is for counts it as routed, once', () => {
  const rig = new StoreRig();
  const [a, b] = rig.lanes('a', 'b') as [number, number];
  rig.append([newAlert({ lanes: [a] }), newAlert({ lanes: [a, b] }), newAlert()]);
  rig.append([newAlert({ lanes: [b] })]);
  assert.deepEqual(
    rig.ledger().map(({ routed }) => routed),
    [2, 2],
  );
  rig.assertConserved();
});

test('lane 1 is not lane 11', () => {
  const rig = new StoreRig();
  const ids = rig.lanes(...Array.from({ length: 11 }, (_, i) => `out-${i}`));
  rig.append([newAlert({ lanes: [11] })]);
  assert.deepEqual(ids.slice(0, 1), [1]);
  assert.equal(rig.reads.read(1, 4, 0, 10, 1).alerts.length, 0);
  assert.equal(rig.reads.read(11, 4, 0, 10, 1).alerts.length, 1);
  assert.equal(rig.ledgerOf(1).routed, 0);
});

test('an alert that was routed while its lane was dropped is nobody’s, and the sums hold', () => {
  const rig = new StoreRig();
  const [a] = rig.lanes('a', 'b') as [number];
  rig.sync('b');
  rig.store.dropOrphans(rig.nowMs, 'a');
  const late = newAlert({ lanes: [a] });
  rig.append([late]);
  rig.assertConserved('after the late alert');
  const { state, ...rest } = rig.fates(late.uuid)[`a#${a}`] ?? { state: 'none' };
  assert.equal(state, 'gap');
  assert.equal((rest as { reason?: string }).reason, 'removed');
  rig.store.makeRoom(rig.nowMs, []);
  rig.assertConserved('after retention took it');
});

test('the checksum covers the text and the lanes', () => {
  const sum = rowChecksum(',1,', '{"a":1}');
  assert.notEqual(sum, rowChecksum(',2,', '{"a":1}'));
  assert.notEqual(sum, rowChecksum(',1,', '{"a":2}'));
  assert.equal(sum, rowChecksum(',1,', '{"a":1}'));
});

test('an append of nothing takes no number', () => {
  const rig = new StoreRig();
  rig.append(newAlerts(3));
  assert.deepEqual(rig.append([]), []);
  assert.equal(rig.store.nextN, 4);
});
