import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { changeDetector, watchFiles } from './watch.ts';

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'tocsin-watch-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** Looks until the files have settled. */
async function settled(detect: () => Promise<readonly string[]>): Promise<readonly string[]> {
  await detect();
  return detect();
}

test('a file that is written anew is noticed, once', async (t) => {
  const [file, other] = ['a', 'b'].map((name) => join(directory(t), name)) as [string, string];
  writeFileSync(file, '1');
  writeFileSync(other, '1');
  const detect = changeDetector([file, other]);
  assert.deepEqual(await settled(detect), []);
  writeFileSync(file, '2');
  assert.deepEqual(await settled(detect), [file]);
  assert.deepEqual(await settled(detect), []);
  writeFileSync(other, '2');
  assert.deepEqual(await settled(detect), [other]);
});

test('a file that appears, and one that goes, is noticed', async (t) => {
  const file = join(directory(t), 'a');
  const detect = changeDetector([file]);
  assert.deepEqual(await settled(detect), []);
  writeFileSync(file, '1');
  assert.deepEqual(await settled(detect), [file]);
  rmSync(file);
  assert.deepEqual(await settled(detect), [file]);
});

test('a file with the same content is not changed by its time stamp', async (t) => {
  const file = join(directory(t), 'a');
  writeFileSync(file, '1');
  const detect = changeDetector([file]);
  await settled(detect);
  utimesSync(file, 1, 1);
  assert.deepEqual(await settled(detect), []);
});

test('a file with the same size and time stamp is changed by its content', async (t) => {
  const file = join(directory(t), 'a');
  writeFileSync(file, '1');
  utimesSync(file, 1, 1);
  const detect = changeDetector([file]);
  await settled(detect);
  writeFileSync(file, '2');
  utimesSync(file, 1, 1);
  assert.deepEqual(await settled(detect), [file]);
});

test('the link swap by which Kubernetes updates a mounted Secret is noticed', async (t) => {
  const mount = directory(t);
  const write = (version: string): void => {
    mkdirSync(join(mount, version));
    writeFileSync(join(mount, version, 'token'), version);
    symlinkSync(version, join(mount, '..data_tmp'));
    renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
  };
  write('..2026_1');
  symlinkSync('..data/token', join(mount, 'token'));
  const detect = changeDetector([join(mount, 'token')]);
  await settled(detect);
  write('..2026_2');
  assert.deepEqual(await settled(detect), [join(mount, 'token')]);
});

test('a file that is still being written is left to settle', async (t) => {
  const file = join(directory(t), 'a');
  writeFileSync(file, 'whole');
  const detect = changeDetector([file]);
  await settled(detect);
  for (const half of ['', 'n', 'ne']) {
    writeFileSync(file, half);
    assert.deepEqual(await detect(), []);
  }
  writeFileSync(file, 'new');
  assert.deepEqual(await detect(), []);
  assert.deepEqual(await detect(), [file]);
});

test('what settles as it was before is no change', async (t) => {
  const file = join(directory(t), 'a');
  writeFileSync(file, '1');
  const detect = changeDetector([file]);
  await settled(detect);
  rmSync(file);
  await detect();
  writeFileSync(file, '1');
  assert.deepEqual(await settled(detect), []);
});

test('watching tells changes until it is closed', async (t) => {
  const file = join(directory(t), 'a');
  const closed: string[] = [];
  watchFiles([file], () => closed.push(file), { intervalMs: 1 }).close();
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const watch = watchFiles([file], resolve, { intervalMs: 5 });
  t.after(() => watch.close());
  let version = 0;
  const writer = setInterval(() => writeFileSync(file, String((version += 1))), 100);
  t.after(() => clearInterval(writer));
  assert.deepEqual(await promise, [file]);
  assert.deepEqual(closed, []);
});
