import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newAlert, StoreRig } from '../../../test/support/store-rig.ts';
import { deliveryKey } from '../../json.ts';
import { createRecent } from './recent.ts';

const NOW = 1_800_000_000_000;
/** As the hub makes it at that moment. */
const OWN = '01a3185c-5000-7000-8000-000000000001';
const SENT = '5c0b0a4e-7f3e-5b0a-9c56-0123456789ab';

test('alerts are known again: with their keys where somebody may send them again', () => {
  assert.equal(Number.parseInt(OWN.replaceAll('-', '').slice(0, 12), 16), NOW);
  const rig = new StoreRig();
  const sent = newAlert({ uuid: SENT, receivedAtMs: NOW, priority: 'critical' });
  rig.append([
    newAlert({ uuid: OWN, receivedAtMs: NOW }),
    sent,
    newAlert({ uuid: OWN, receivedAtMs: NOW, ingest: '{"hops":1}' }),
    newAlert({ uuid: OWN, receivedAtMs: NOW + 1 }),
    newAlert({ receivedAtMs: NOW - 1 }),
  ]);
  const recent = createRecent(rig.db);
  const found = recent(0, 5, NOW);
  assert.equal(found.length, 5);
  const one = found.find(({ uuid }) => uuid === SENT);
  const { hostname, rule, ingest } = sent;
  const key = deliveryKey(sent.json);
  assert.deepEqual(one, { uuid: SENT, receivedAtMs: NOW, hostname, rule, ingest, key });
  const ofOwn = found.filter(({ uuid }) => uuid === OWN);
  assert.deepEqual(
    ofOwn.map((alert) => alert.key === undefined),
    [true, false, false],
    'by the hub itself; by another one; at another time',
  );
  const tooOld = found.find(({ receivedAtMs }) => receivedAtMs < NOW);
  assert.equal(tooOld!.key, undefined);
  assert.deepEqual(
    recent(1, 2, NOW).map(({ uuid }) => uuid),
    [SENT],
  );
  assert.deepEqual(recent(5, 9, NOW), []);
});
