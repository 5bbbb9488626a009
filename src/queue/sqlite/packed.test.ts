import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newAlert } from '../../../test/support/store-rig.ts';
import { packAlerts, readHead } from './packed.ts';

for (const rule of ['Terminal shell in container', '', 'a\0rule\0\0with NULs\0']) {
  test(`the head of an alert of the rule ${JSON.stringify(rule)} is read as it was packed`, () => {
    const alert = newAlert({ rule, lanes: [3, 17], priority: 'critical', receivedAtMs: 12_345 });
    const { uuid, source, hostname, ingest, receivedAtMs } = alert;
    const { heads, headChars } = packAlerts([alert, newAlert()]);
    assert.deepEqual(readHead(heads.slice(0, headChars[0])), {
      uuid,
      shard: 2,
      receivedAtMs,
      lanes: ',3,17,',
      ingest,
      hostname,
      source,
      rule,
    });
  });
}
