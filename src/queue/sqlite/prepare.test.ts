import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import {
  damagePages,
  leafPages,
  openQueue,
  QUEUE_OPTIONS,
  temporaryDirectory,
} from '../../../test/support/queue-directory.ts';
import { newAlerts } from '../../../test/support/store-rig.ts';
import { LockedError, takeLock } from './lock.ts';
import { openSqliteQueue } from './open.ts';
import { prepareDirectory } from './prepare.ts';
import { ForeignFileError } from './schema.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** The process's umask is everybody's: it is put back. */
function withUmask(t: TestContext, mask: number): void {
  const before = process.umask(mask);
  t.after(() => process.umask(before));
}

test('directory and files have their rights under a umask of 0', async (t) => {
  withUmask(t, 0);
  const directory = join(temporaryDirectory(t), 'a', 'queue');
  const queue = await openQueue(t, { directory });
  await queue.append(newAlerts(3));
  assert.equal(modeOf(directory), '770');
  const files = readdirSync(directory);
  assert.ok(files.includes('queue.db-wal'), files.join());
  for (const file of files) assert.equal(modeOf(join(directory, file)), '600', file);
});

test('rights that were too wide are narrowed at a start', async (t) => {
  withUmask(t, 0);
  const directory = temporaryDirectory(t);
  const first = await openQueue(t, { directory });
  await first.append(newAlerts(3));
  await first.close();
  chmodSync(directory, 0o777);
  for (const file of readdirSync(directory)) chmodSync(join(directory, file), 0o666);
  await openQueue(t, { directory });
  assert.equal(modeOf(directory), '770');
  for (const file of readdirSync(directory))
    assert.equal(modeOf(join(directory, file)), '600', file);
});

async function assertForeign(directory: string, message: RegExp): Promise<void> {
  const path = join(directory, 'queue.db');
  const before = readFileSync(path);
  const told: Error[] = [];
  const onFatal = (error: Error): void => void told.push(error);
  await assert.rejects(
    openSqliteQueue({ ...QUEUE_OPTIONS, directory, onFatal }),
    (error) => error instanceof ForeignFileError && message.test(error.message),
  );
  assert.deepEqual(told, [], 'a hub that did not start has nothing to die of');
  assert.ok(readFileSync(path).equals(before), 'the file is left alone');
  // The lock is free again.
  takeLock(join(directory, 'lock.db')).release();
}

test('another program’s database is refused, and left alone', async (t) => {
  const directory = temporaryDirectory(t);
  const db = new DatabaseSync(join(directory, 'queue.db'));
  db.exec('CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES (1)');
  db.close();
  await assertForeign(directory, /schema 0/);
});

test('the queue of a newer hub is refused, and left alone', async (t) => {
  const directory = temporaryDirectory(t);
  const queue = await openQueue(t, { directory });
  await queue.append(newAlerts(3));
  await queue.close();
  const db = new DatabaseSync(join(directory, 'queue.db'));
  db.exec('PRAGMA user_version=7');
  db.close();
  await assertForeign(directory, /schema 7; this hub knows 1/);
});

test('a queue that cannot be read is told by rejecting, and kills nobody', async (t) => {
  const directory = temporaryDirectory(t);
  const db = new DatabaseSync(join(directory, 'queue.db'));
  db.exec('CREATE TABLE other (x); PRAGMA user_version=1');
  db.close();
  const deaths: Error[] = [];
  const onFatal = (error: Error): void => void deaths.push(error);
  await assert.rejects(openSqliteQueue({ ...QUEUE_OPTIONS, directory, onFatal }), /no such table/);
  assert.deepEqual(deaths, []);
});

test('a file that is no database any more is set aside, not overwritten', async (t) => {
  const directory = temporaryDirectory(t);
  const first = await openQueue(t, { directory });
  await first.append(newAlerts(3));
  await first.close();
  const path = join(directory, 'queue.db');
  const bytes = readFileSync(path);
  bytes.fill(0xff, 0, 100);
  writeFileSync(path, bytes);
  const second = await openQueue(t, { directory });
  assert.equal(second.notes.length, 1);
  assert.match(second.notes[0] as string, /damaged/);
  const aside = readdirSync(directory).find((file) => file.startsWith('queue.db.damaged-'));
  assert.ok(aside);
  assert.ok(readFileSync(join(directory, aside)).equals(bytes));
  assert.equal(modeOf(join(directory, aside)), '600');
  await second.append(newAlerts(1));
});

test('a file in which pages were found damaged is salvaged at the next start, once', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'queue.db');
  const outputs = [{ name: 'out', type: 'webhook' }];
  const first = await openQueue(t, { directory });
  const [start] = await first.syncLanes(outputs);
  const lane = start?.lane.id as number;
  for (let i = 0; i < 4; i += 1) await first.append(newAlerts(1000, { lanes: [lane] }));
  await first.close();
  const db = new DatabaseSync(path);
  const pages = leafPages(db, 'alert');
  db.close();
  damagePages(path, [pages[20] as number, pages[40] as number]);

  const second = await openQueue(t, { directory });
  assert.deepEqual(second.notes, [], 'nobody has looked at these pages yet');
  await second.syncLanes(outputs);
  let damaged = 0;
  let read = 0;
  for (let after = 0; after < 4000; ) {
    const result = await second.read(lane, 4, after, 500);
    damaged += result.damaged.length;
    read += result.alerts.length;
    after = result.scannedTo;
  }
  assert.ok(damaged > 0 && read === 4000 - damaged, `${read} read, ${damaged} damaged`);
  await second.close();

  const third = await openQueue(t, { directory });
  assert.equal(third.notes.length, 1);
  assert.match(third.notes[0] as string, new RegExp(`${read} alerts`));
  assert.deepEqual((await third.check()).structure, []);
  await third.append(newAlerts(1));
  await third.close();
  const fourth = await openQueue(t, { directory });
  assert.deepEqual(fourth.notes, []);
});

test('a salvage that was interrupted is done again, or finished', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'queue.db');
  const first = await openQueue(t, { directory });
  await first.append(newAlerts(10));
  await first.close();
  // It died while it copied: what it had is worth nothing.
  writeFileSync(join(directory, 'queue.db.salvaging'), 'half a file');
  writeFileSync(join(directory, 'queue.db.salvage'), '');
  const second = await openQueue(t, { directory });
  assert.match(second.notes[0] as string, /10 alerts/);
  await second.close();
  // It died when the old file was set aside already.
  renameSync(path, join(directory, 'queue.db.salvaged'));
  const third = await openQueue(t, { directory });
  assert.equal((await third.check()).alerts, 10);
});

test('an empty file is a new queue', async (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'queue.db'), '');
  const queue = await openQueue(t, { directory });
  assert.deepEqual(queue.notes, []);
  await queue.append(newAlerts(1));
  assert.equal(queue.head(4), 1);
});

test('a directory that another hub holds is not touched', (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'queue.db');
  writeFileSync(path, 'no database '.repeat(400));
  const lock = takeLock(join(directory, 'lock.db'));
  t.after(() => lock.release());
  assert.throws(() => prepareDirectory(directory, 1000), LockedError);
  assert.ok(existsSync(path), 'not even a damaged file is set aside');
});

test('a path that cannot be a directory is told with the system’s error', async (t) => {
  const directory = join(temporaryDirectory(t), 'file');
  writeFileSync(directory, '');
  await assert.rejects(openSqliteQueue({ ...QUEUE_OPTIONS, directory }), { code: 'EEXIST' });
  const inside = join(directory, 'queue');
  await assert.rejects(openSqliteQueue({ ...QUEUE_OPTIONS, directory: inside }), {
    code: 'ENOTDIR',
  });
});

test('what else lies in the directory is not ours to change', async (t) => {
  withUmask(t, 0);
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'lost+found'));
  writeFileSync(join(directory, 'notes.txt'), 'mine', { mode: 0o644 });
  await openQueue(t, { directory });
  assert.equal(modeOf(join(directory, 'notes.txt')), '644');
});
