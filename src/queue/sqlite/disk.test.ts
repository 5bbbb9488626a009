import assert from 'node:assert/strict';
import { existsSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../../../test/support/queue-directory.ts';
import { createReserve, diskFault, effectiveBytesMax } from './disk.ts';

test('SQLite’s codes are the disk’s fault or not, also in their extended form', () => {
  assert.equal(diskFault(13), 'full');
  assert.equal(diskFault(8), 'readonly');
  assert.equal(diskFault(11), 'corrupt');
  assert.equal(diskFault(26), 'corrupt');
  // SQLITE_IOERR_FSYNC, SQLITE_READONLY_DBMOVED.
  assert.equal(diskFault(1034), 'io');
  assert.equal(diskFault(1032), 'readonly');
  // SQLITE_CONSTRAINT_UNIQUE, SQLITE_BUSY, nothing.
  assert.equal(diskFault(2067), undefined);
  assert.equal(diskFault(5), undefined);
  assert.equal(diskFault(undefined), undefined);
});

test('the reserve is written, for its owner alone, given up once, and written again', (t) => {
  const directory = temporaryDirectory(t);
  const reserve = createReserve(directory, 16 * 5 * 1024 * 1024 + 16 * 100);
  assert.equal(reserve.release(), false, 'there is nothing to give yet');
  reserve.ensure();
  const { size, mode } = statSync(join(directory, 'reserve'));
  assert.equal(size, 5 * 1024 * 1024 + 100);
  assert.equal(mode & 0o777, 0o600);
  assert.equal(reserve.release(), true);
  assert.equal(existsSync(join(directory, 'reserve')), false);
  assert.equal(reserve.release(), false);
  reserve.ensure();
  assert.equal(statSync(join(directory, 'reserve')).size, size);
});

test('the queue may use what is configured, and never more than 80 % of the volume', (t) => {
  const directory = temporaryDirectory(t);
  const { blocks, bsize } = statfsSync(directory);
  assert.equal(effectiveBytesMax(directory, 1000), 1000);
  assert.equal(
    effectiveBytesMax(directory, Number.MAX_SAFE_INTEGER),
    Math.floor(blocks * bsize * 0.8),
  );
});
