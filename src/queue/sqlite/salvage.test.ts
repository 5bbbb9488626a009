import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { positionKey } from '../position.ts';
import {
  damagePages,
  leafPages,
  settlementOf,
  tearPages,
  temporaryDirectory,
  truncateFile,
} from '../../../test/support/queue-directory.ts';
import { newAlerts, NO_LIMITS } from '../../../test/support/store-rig.ts';
import { packAlerts } from './packed.ts';
import { createLedger } from './ledger.ts';
import { salvage } from './salvage.ts';
import { openForWriting } from './schema.ts';
import { Store } from './store.ts';

/** A queue file with 3000 alerts of one lane, and the pages they lie on. */
function queueFile(t: TestContext) {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'queue.db');
  const db = openForWriting(path);
  const store = new Store(db, path, NO_LIMITS);
  const [start] = store.syncLanes([{ name: 'out', type: 'webhook' }], 1);
  const lane = start?.lane.id as number;
  const packed = packAlerts(newAlerts(3000, { lanes: [lane] }));
  store.commit({ packed, settlements: [] }, 1);
  const pages = leafPages(db, 'alert');
  const settle = (to: number): void => {
    const cursors = [{ shard: 4, from: 0, to, delivered: to }];
    const settlements = [{ settlement: settlementOf(lane, { cursors }), appends: undefined }];
    store.commit({ packed: undefined, settlements }, 1);
  };
  return { directory, path, db, store, lane, pages, settle };
}

function salvaged(directory: string, path: string) {
  const targetPath = join(directory, 'new.db');
  const target = openForWriting(targetPath);
  const { alerts } = salvage(path, target);
  return { target, alerts, store: new Store(target, targetPath, NO_LIMITS) };
}

test('a page in the middle costs its own alerts, not those behind it', (t) => {
  const { directory, path, db, pages, settle } = queueFile(t);
  settle(100);
  db.close();
  const early = pages[Math.floor(pages.length / 10)] as number;
  damagePages(path, [early]);
  const { target, alerts, store } = salvaged(directory, path);
  t.after(() => target.close());
  assert.ok(alerts > 2950 && alerts < 3000, `${alerts} of 3000`);
  const last = target.prepare('SELECT max(pos) AS pos FROM alert').get();
  assert.equal(last?.pos, positionKey(4, 3000), 'the newest are there');
  const [start] = store.syncLanes([{ name: 'out', type: 'webhook' }], 1);
  assert.deepEqual(start?.cursors[4], { shard: 4, n: 100 }, 'the lane goes on where it was');
  assert.equal(store.nextN, 3001);
  const [ledger] = createLedger(target)();
  assert.equal(ledger?.mismatch, 0);
  assert.equal(ledger.suppressed, 3000 - alerts, 'what is missing is booked');
  const gap = target.prepare('SELECT sum(count) AS count FROM gap').get();
  assert.equal(gap?.count, 3000 - alerts);
});

test('pages here and there cost their own alerts, not those between them', (t) => {
  const { directory, path, db, pages } = queueFile(t);
  db.close();
  const bad = [0.1, 0.3, 0.7, 0.9].map((part) => pages[Math.floor(pages.length * part)] as number);
  damagePages(path, bad);
  const { target, alerts } = salvaged(directory, path);
  t.after(() => target.close());
  const lost = (3000 / pages.length) * bad.length;
  assert.ok(
    alerts >= 3000 - 1.5 * lost && alerts < 3000,
    `${alerts} of 3000, ${lost} on the pages`,
  );
});

test('of a file that was cut off, what is left of it is saved', (t) => {
  const { directory, path, db } = queueFile(t);
  db.close();
  truncateFile(path, 0.7);
  const { target, alerts } = salvaged(directory, path);
  t.after(() => target.close());
  assert.ok(alerts > 1000 && alerts < 3000, `${alerts} of 3000`);
  const [ledger] = createLedger(target)();
  assert.deepEqual([ledger?.mismatch, ledger?.suppressed], [0, 3000 - alerts]);
});

test('what a torn page has no key for is not saved as an alert', (t) => {
  const { directory, path, db, pages } = queueFile(t);
  db.close();
  tearPages(path, [pages[Math.floor(pages.length / 2)] as number]);
  const { target, alerts } = salvaged(directory, path);
  t.after(() => target.close());
  assert.ok(alerts > 2950 && alerts < 3000, `${alerts} of 3000`);
  assert.equal(target.prepare('SELECT min(pos) AS pos FROM alert').get()?.pos, positionKey(4, 1));
  const [ledger] = createLedger(target)();
  assert.equal(ledger?.mismatch, 0);
  // Of the alert on the edge there may be a row that does not tell whom it was for.
  const missing = 3000 - alerts;
  assert.ok([missing, missing + 1].includes(ledger.suppressed), `${ledger.suppressed} are booked`);
});

test('numbers do not come back, though the counter was lost', (t) => {
  const { directory, path, db, settle } = queueFile(t);
  settle(3000);
  db.exec("DELETE FROM meta WHERE key = 'nextN'; DELETE FROM alert");
  db.close();
  const { target, store } = salvaged(directory, path);
  t.after(() => target.close());
  assert.equal(store.nextN, 3001, 'the cursors know how far it was');
});

test('nor where only alerts, or only exceptions, are left', (t) => {
  const { directory, path, db } = queueFile(t);
  db.exec("DELETE FROM meta WHERE key = 'nextN'; DELETE FROM cursor");
  db.close();
  const { target, store } = salvaged(directory, path);
  assert.equal(store.nextN, 3001);
  target.close();
});

test('a file of which not even the header is left gives nothing, and does no harm', (t) => {
  const { directory, path, db } = queueFile(t);
  db.close();
  damagePages(path, [1]);
  const { target, alerts, store } = salvaged(directory, path);
  t.after(() => target.close());
  assert.equal(alerts, 0);
  assert.equal(store.nextN, 1);
  const { append } = store.commit({ packed: packAlerts(newAlerts(2)), settlements: [] }, 1);
  assert.deepEqual(append, { firstN: 1 });
});

test('what the log still held is salvaged, too', (t) => {
  const { directory, path } = queueFile(t);
  // As after `kill -9`: nobody folded the log into the file.
  const copy = join(directory, 'copy.db');
  for (const suffix of ['', '-wal']) writeFileSync(copy + suffix, readFileSync(path + suffix));
  const { target, alerts } = salvaged(directory, copy);
  t.after(() => target.close());
  assert.equal(alerts, 3000);
});
