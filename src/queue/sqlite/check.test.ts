import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionKey } from '../position.ts';
import { newAlerts, StoreRig } from '../../../test/support/store-rig.ts';
import { checkFile } from './check.ts';

test('a sound file has nothing to report, and adds up', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append(newAlerts(50, { lanes: [lane] }));
  rig.deliver(lane, 'warning', 20);
  const { structure, alerts, damagedCount, damaged, ledger } = checkFile(rig.db);
  assert.deepEqual(
    { structure, alerts, damagedCount, damaged },
    {
      structure: [],
      alerts: 50,
      damagedCount: 0,
      damaged: [],
    },
  );
  assert.deepEqual(
    ledger.map(({ mismatch }) => mismatch),
    [0],
  );
});

test('flipped bits, which pass SQLite’s own check, are found and named up to a bound', () => {
  const rig = new StoreRig();
  rig.append(newAlerts(300));
  rig.db.exec(`UPDATE alert SET body = replace(body, 'Warning', 'Warninf') WHERE pos % 2 = 0`);
  const { structure, damagedCount, damaged } = checkFile(rig.db);
  assert.deepEqual(structure, []);
  assert.equal(damagedCount, 150);
  assert.equal(damaged.length, 100);
  assert.deepEqual(damaged[0], { shard: 4, n: 2 });
});

test('a lane that lost an alert is named by its mismatch', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append(newAlerts(5, { lanes: [lane] }));
  rig.db.exec(`DELETE FROM alert WHERE pos = ${positionKey(4, 3)}`);
  assert.equal(checkFile(rig.db).ledger[0]?.mismatch, 1);
});
