import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { join } from 'node:path';
import {
  damagePages,
  leafPages,
  tearPages,
  temporaryDirectory,
} from '../../../test/support/queue-directory.ts';
import { newAlert, newAlerts, NO_LIMITS, StoreRig } from '../../../test/support/store-rig.ts';
import { packAlerts } from './packed.ts';
import { checkFile } from './check.ts';
import { createCarefulRead } from './damage.ts';
import { createLedger } from './ledger.ts';
import { openForReading, openForWriting } from './schema.ts';
import { Store } from './store.ts';

/** A bit of the stored routing is flipped; returns what it became. */
function flip(rig: StoreRig, bit: number): string {
  const { lanes } = rig.db.prepare('SELECT CAST(lanes AS BLOB) AS lanes FROM alert').get() as {
    lanes: Uint8Array;
  };
  const bytes = Buffer.from(lanes);
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
  rig.db.prepare('UPDATE alert SET lanes = CAST(? AS TEXT)').run(bytes);
  return bytes.toString();
}

test('any one bit of the routing: damaged for whom the alert was, and for nobody else', () => {
  const names = Array.from({ length: 12 }, (_, i) => `out${i}`);
  const wanted = ',3,7,11,';
  for (let bit = 0; bit < wanted.length * 8; bit += 1) {
    const rig = new StoreRig();
    const lanes = rig.lanes(...names);
    const [before, hit, after] = [{}, { lanes: [3, 7, 11] }, {}].map((own) =>
      newAlert({ lanes, ...own }),
    ) as [ReturnType<typeof newAlert>, ReturnType<typeof newAlert>, ReturnType<typeof newAlert>];
    rig.append([hit]);
    const text = flip(rig, bit);
    rig.append([before, after]);
    const read = createCarefulRead(rig.db);
    for (const lane of lanes) {
      const { alerts, damaged, scannedTo } = read(lane, 4, 0, 100, 3);
      assert.equal(scannedTo, 3);
      assert.equal(alerts.length, 2, `${lane} ${text}`);
      const expected = hit.lanes.includes(lane) ? [{ shard: 4, n: 1 }] : [];
      assert.deepEqual(damaged, expected, `lane ${lane}, ${text}`);
    }
  }
});

test('what is damaged in the text alone is damaged for those it names', () => {
  const rig = new StoreRig();
  const [a, b] = rig.lanes('a', 'b') as [number, number];
  rig.append([newAlert({ lanes: [a] }), newAlert({ lanes: [a, b] })]);
  rig.db.exec(`UPDATE alert SET body = replace(body, 'Warning', 'Warninf') WHERE pos % 2 = 1`);
  const read = createCarefulRead(rig.db);
  assert.deepEqual(read(a, 4, 0, 10, 2).damaged, [{ shard: 4, n: 1 }]);
  assert.deepEqual(read(b, 4, 0, 10, 2).damaged, []);
});

test('where nobody can tell for whom an alert was, each lane is told', () => {
  const rig = new StoreRig();
  const lanes = rig.lanes('a', 'b');
  rig.append([newAlert({ lanes: [lanes[0] as number] })]);
  rig.db.exec(`UPDATE alert SET lanes = ';x;'`);
  for (const lane of lanes) {
    assert.deepEqual(createCarefulRead(rig.db)(lane, 4, 0, 10, 1).damaged, [{ shard: 4, n: 1 }]);
  }
});

/** 3000 alerts, every third for `some`, of which each fifth page is harmed. */
function damagedFile(t: TestContext, bytes: number, harm = damagePages) {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'queue.db');
  const db = openForWriting(path);
  const store = new Store(db, path, NO_LIMITS);
  const outputs = ['all', 'some'].map((name) => ({ name, type: 'webhook' }));
  const [all, some] = store.syncLanes(outputs, 1).map(({ lane }) => lane.id) as [number, number];
  const alerts = Array.from({ length: 3000 }, (_, i) =>
    newAlert({ lanes: i % 3 === 0 ? [all, some] : [all] }, bytes),
  );
  store.commit({ packed: packAlerts(alerts), settlements: [] }, 1);
  const pages = leafPages(db, 'alert').filter((_, i) => i % 5 === 2);
  db.close();
  harm(path, pages);
  const reading = openForReading(path);
  t.after(() => reading.close());
  return { reading, read: createCarefulRead(reading), all, some };
}

type Read = ReturnType<typeof createCarefulRead>;

/** Reads all there is for a lane: which numbers were read, and which are told as damaged. */
function readAll(read: Read, lane: number): Map<number, 'read' | 'damaged'> {
  const seen = new Map<number, 'read' | 'damaged'>();
  let after = 0;
  for (let reads = 0; after < 3000; reads += 1) {
    assert.ok(reads < 3000, 'it does not come to an end');
    const result = read(lane, 4, after, 50, 3000);
    assert.ok(result.scannedTo > after);
    const { alerts, damaged } = result;
    const positions = [...alerts.map(({ position }) => position), ...damaged];
    for (const { n } of positions) {
      assert.ok(n > after && n <= result.scannedTo && !seen.has(n));
    }
    for (const { position } of alerts) seen.set(position.n, 'read');
    for (const { n } of damaged) seen.set(n, 'damaged');
    after = result.scannedTo;
  }
  return seen;
}

function countDamaged(seen: ReadonlyMap<number, string>): number {
  return [...seen.values()].filter((state) => state === 'damaged').length;
}

for (const bytes of [100, 1000]) {
  test(`a page that cannot be read costs its own alerts, and what is behind it is read (${bytes})`, (t) => {
    const { read, all, some } = damagedFile(t, bytes);
    for (const lane of [all, some]) {
      const seen = readAll(read, lane);
      const lost = countDamaged(seen);
      assert.ok(lost > 3000 / 10 && lost < 3000 / 3, `${lost} damaged`);
      for (let n = 1; n <= 3000; n += lane === all ? 1 : 3)
        assert.ok(seen.has(n), `${n} is neither`);
    }
  });
}

test('of a page that was written in part, no alert vanishes unseen, and the books can be read', (t) => {
  const { reading, read, all, some } = damagedFile(t, 1000, tearPages);
  for (const lane of [all, some]) {
    const seen = readAll(read, lane);
    assert.ok(countDamaged(seen) > 0, 'nothing is told');
    for (let n = 1; n <= 3000; n += lane === all ? 1 : 3) assert.ok(seen.has(n), `${n} is neither`);
  }
  assert.ok(checkFile(reading).damagedCount > 0);
  assert.equal(createLedger(reading)().length, 2);
});

test('a file whose index cannot be read either is told by throwing', (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'queue.db');
  const db = openForWriting(path);
  const store = new Store(db, path, NO_LIMITS);
  const [start] = store.syncLanes([{ name: 'out', type: 'webhook' }], 1);
  const lane = start?.lane.id as number;
  store.commit({ packed: packAlerts(newAlerts(3000, { lanes: [lane] })), settlements: [] }, 1);
  const pages = [...leafPages(db, 'alert'), ...leafPages(db, 'alert_uuid')];
  db.close();
  damagePages(path, pages);
  const reading = openForReading(path);
  t.after(() => reading.close());
  assert.throws(() => createCarefulRead(reading)(lane, 4, 0, 10, 3000), /malformed/);
});
