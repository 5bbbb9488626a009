import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Priority } from '../../alert.ts';
import { newAlert, StoreRig } from '../../../test/support/store-rig.ts';

test('what is on its way to a lane that keeps up is given up for what is severe, and for nothing else', () => {
  const rig = new StoreRig({ bytesMax: 2_000_000 });
  const [quick, down] = rig.lanes('quick', 'down') as [number, number];
  const post = (priority: Priority, lanes: readonly number[]): boolean => {
    const alert = newAlert({ priority, lanes, receivedAtMs: rig.nowMs }, 20_000);
    const { append } = rig.tryAppend([alert]);
    return append !== undefined && 'firstN' in append;
  };
  while (post('error', [down]));
  rig.deliver(quick, 'error', rig.store.nextN - 1);
  rig.deliver(down, 'error', 20);
  rig.nowMs += 60_000;
  while (post('debug', [quick, down]));
  rig.deliver(quick, 'debug', rig.store.nextN - 1);
  assert.equal(post('debug', [quick, down]), true, 'what only the other one waits for makes room');
  while (post('debug', [quick, down]));
  assert.equal(rig.ledgerOf(quick).suppressed, 0);
  const waiting = rig.ledgerOf(quick).waiting;
  assert.ok(waiting > 0);
  assert.equal(post('critical', [quick, down]), true);
  assert.equal(rig.ledgerOf(quick).suppressed, waiting);
  rig.assertConserved();
});

test('a clock that is set back makes no lane one that keeps up', () => {
  const rig = new StoreRig({ bytesMax: 2_000_000 });
  const [down] = rig.lanes('down') as [number];
  const post = (): boolean => {
    const alert = newAlert({ priority: 'debug', lanes: [down], receivedAtMs: rig.nowMs }, 20_000);
    const { append } = rig.tryAppend([alert]);
    return append !== undefined && 'firstN' in append;
  };
  post();
  rig.deliver(down, 'debug', 1);
  while (post());
  rig.nowMs -= 3_600_000;
  assert.equal(post(), true);
  rig.assertConserved();
});
