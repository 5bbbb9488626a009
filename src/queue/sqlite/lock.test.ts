import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../../../test/support/queue-directory.ts';
import { LockedError, takeLock } from './lock.ts';

test('a lock is held by one, and free again when it is released', (t) => {
  const path = join(temporaryDirectory(t), 'lock.db');
  const first = takeLock(path);
  assert.throws(() => takeLock(path), LockedError);
  first.release();
  takeLock(path).release();
});

test('a lock keeps another process out, and dies with its process', (t) => {
  const path = join(temporaryDirectory(t), 'lock.db');
  const script = (end: string): string =>
    `import { takeLock } from ${JSON.stringify(import.meta.resolve('./lock.ts'))};
     try { takeLock(${JSON.stringify(path)}); console.log('taken'); ${end} }
     catch (error) { console.log(error.name); }`;
  const run = (end = ''): string =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script(end)], { encoding: 'utf8' })
      .stdout;
  const held = takeLock(path);
  assert.equal(run(), 'LockedError\n');
  held.release();
  assert.equal(run("process.kill(process.pid, 'SIGKILL');"), 'taken\n');
  takeLock(path).release();
});

test('a file that is no lock is not taken for one held by another hub', (t) => {
  const path = join(temporaryDirectory(t), 'lock.db');
  writeFileSync(path, 'no database '.repeat(100));
  assert.throws(
    () => takeLock(path),
    (error) => !(error instanceof LockedError),
  );
});
