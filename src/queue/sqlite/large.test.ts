import assert from 'node:assert/strict';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import {
  openQueue,
  settlementOf,
  temporaryDirectory,
} from '../../../test/support/queue-directory.ts';
import { newAlerts, NO_LIMITS } from '../../../test/support/store-rig.ts';
import { packAlerts } from './packed.ts';
import { openForWriting } from './schema.ts';
import { Store } from './store.ts';

/** 200,000 stored: a million takes a minute to write, and reads in the same steps. */
const STORED = 200_000;

test('200,000 stored, none of them for a lane: it reads on in small steps, off the main thread', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'queue.db');
  const db = openForWriting(path);
  db.exec('PRAGMA synchronous=OFF');
  const store = new Store(db, path, NO_LIMITS);
  const outputs = [
    { name: 'wants', type: 'webhook' },
    { name: 'none', type: 'webhook' },
  ];
  const [wants, none] = store.syncLanes(outputs, 1).map(({ lane }) => lane.id) as [number, number];
  const packed = packAlerts(newAlerts(10_000, { lanes: [wants] }));
  for (let i = 0; i < STORED / 10_000; i += 1) store.commit({ packed, settlements: [] }, 1);
  db.close();

  const queue = await openQueue(t, { directory });
  await queue.syncLanes(outputs);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startMs = performance.now();
  let reads = 0;
  let after = 0;
  while (after < queue.head(4)) {
    const read = await queue.read(none, 4, after, 1000);
    assert.deepEqual([read.alerts.length, read.damaged.length], [0, 0]);
    assert.ok(read.scannedTo - after <= 2000, 'a read looks at 2000 keys at most');
    assert.ok(read.scannedTo > after);
    after = read.scannedTo;
    reads += 1;
  }
  const readMs = performance.now() - startMs;
  const moved = settlementOf(none, { cursors: [{ shard: 4, from: 0, to: after, delivered: 0 }] });
  assert.equal((await queue.settle(moved)).outcome, 'settled');
  const askedMs = performance.now();
  const ledger = await queue.ledger();
  const ledgerMs = performance.now() - askedMs;
  delay.disable();
  assert.equal(reads, STORED / 2000);
  assert.deepEqual(
    ledger.map(({ waiting, mismatch }) => [waiting, mismatch]),
    [
      [STORED, 0],
      [0, 0],
    ],
  );
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  t.diagnostic(`${STORED} looked at in ${ms(readMs)}; all lanes counted in ${ms(ledgerMs)}`);
  t.diagnostic(
    `main thread blocked at most ${ms(delay.max / 1e6)}, p99 ${ms(delay.percentile(99) / 1e6)}`,
  );
});
