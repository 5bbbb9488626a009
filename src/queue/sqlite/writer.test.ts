import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import {
  noteWorkers,
  openQueue,
  temporaryDirectory,
} from '../../../test/support/queue-directory.ts';
import { newAlert } from '../../../test/support/store-rig.ts';

const MIB = 1024 ** 2;

test('the log starts again at its bound, however steadily alerts come', async (t) => {
  const directory = temporaryDirectory(t);
  // An eighth of it is the log's bound: 1 MiB.
  const queue = await openQueue(t, { directory, bytesMax: 8 * MIB });
  const log = join(directory, 'queue.db-wal');
  let logBytes = 0;
  for (let written = 0; written < 24 * MIB; written += MIB / 4) {
    await queue.append(Array.from({ length: 256 }, () => newAlert({}, 1024)));
    logBytes = Math.max(logBytes, statSync(log).size);
  }
  assert.ok(logBytes > MIB, `it never came to its bound: ${logBytes} bytes`);
  assert.ok(logBytes < 12 * MIB, `${logBytes} bytes`);
});

test('where no reader folds the log the writer does it often, a little at a time', async (t) => {
  const directory = temporaryDirectory(t);
  const workers = noteWorkers(t);
  const queue = await openQueue(t, { directory });
  // Few, and large: a reader is started for many.
  for (let written = 0; written < 16; written += 1) await queue.append([newAlert({}, MIB / 2)]);
  const file = join(directory, 'queue.db');
  await eventually('what was written is in the file', () => statSync(file).size > 4 * MIB);
  assert.equal(workers.length, 1);
});
