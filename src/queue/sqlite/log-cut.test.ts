import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { atEnd, settlementOf, temporaryDirectory } from '../../../test/support/queue-directory.ts';
import { newAlerts, NO_LIMITS } from '../../../test/support/store-rig.ts';
import { positionOf } from '../position.ts';
import { checkFile } from './check.ts';
import { packAlerts } from './packed.ts';
import { openForWriting, PAGE_BYTES } from './schema.ts';
import { Store } from './store.ts';

/**
 * The log as a disk leaves it that lost the end of what it said was flushed. What was cut off is
 * beyond the file's knowledge; what is left must be a state that there was, and go on from there.
 */

/** SQLite's file format, section 4.1: a header, then a page after each frame's header. */
const LOG_HEADER_BYTES = 32;
const FRAME_BYTES = 24 + PAGE_BYTES;
const COMMITS = 12;

test('a log that is cut anywhere leaves what was committed before the cut, and adds up', (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'queue.db');
  const { db, store } = open(path);
  atEnd(t, () => db.close());
  const [start] = store.syncLanes([{ name: 'out', type: 'webhook' }], 1);
  const lane = start?.lane.id as number;
  // All of that is in the file itself.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const heads = [1];
  for (let commit = 0, from = 0; commit < COMMITS; commit += 1) {
    const packed = packAlerts(newAlerts(1 + (commit % 5) * 7, { lanes: [lane] }));
    const to = store.nextN - 1;
    const cursors = to === from ? [] : [{ shard: 4, from, to, delivered: to - from }];
    const settlement = settlementOf(lane, { cursors });
    store.commit({ packed, settlements: [{ settlement, appends: undefined }] }, commit);
    heads.push(store.nextN);
    from = to;
  }
  const log = readFileSync(`${path}-wal`);
  const frames = Math.floor((log.length - LOG_HEADER_BYTES) / FRAME_BYTES);
  assert.ok(frames > COMMITS, 'a commit is several frames');
  const seen = new Set<number>();
  for (let frame = 0; frame <= frames; frame += 1) {
    for (const more of [0, FRAME_BYTES / 2]) {
      seen.add(reopened(log.subarray(0, LOG_HEADER_BYTES + frame * FRAME_BYTES + more)));
    }
  }
  assert.deepEqual(seen, new Set(heads), 'each state that there was, and no other');

  function copyOf(part: Buffer) {
    const copy = join(mkdtempSync(join(directory, 'cut-')), 'queue.db');
    copyFileSync(path, copy);
    writeFileSync(`${copy}-wal`, part);
    return open(copy);
  }

  /** Opens what the cut left, checks it, and goes on with it. Returns the number it goes on with. */
  function reopened(part: Buffer): number {
    const { db, store } = copyOf(part);
    const head = store.nextN;
    const report = checkFile(db);
    assert.deepEqual([report.structure, report.damagedCount], [[], 0]);
    assert.equal(report.alerts, head - 1, 'all that has a number is there');
    assert.ok(report.ledger.every(({ mismatch }) => mismatch === 0));
    store.commit({ packed: packAlerts(newAlerts(2)), settlements: [] }, 99);
    const newest = db.prepare('SELECT max(pos) AS pos FROM alert').get() as { pos: number };
    assert.equal(positionOf(newest.pos).n, head + 1, 'no number is given twice');
    db.close();
    return head;
  }
});

function open(path: string) {
  const db = openForWriting(path);
  return { db, store: new Store(db, path, NO_LIMITS) };
}
