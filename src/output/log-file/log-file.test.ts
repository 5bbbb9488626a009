import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { archiveStamp } from './archives.ts';
import { type LogFile, logFile, type LogFileOptions } from './log-file.ts';

const NO_ROTATION = { bytesMax: 0, ageMax: 0, keep: 10, gzip: false };

async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tocsin-log-file-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

type Options = Partial<LogFileOptions> & Pick<LogFileOptions, 'path'>;

function opened(t: TestContext, options: Options): LogFile {
  const file = logFile({ sync: 'always', rotate: NO_ROTATION, ...options });
  t.after(() => file.close());
  return file;
}

test('lines are appended, across openings, to a file that only its owner reads', async (t) => {
  const path = join(await directory(t), 'a.log');
  const file = opened(t, { path });
  await file.append('1\n2\n');
  await file.close();
  await opened(t, { path, sync: 'interval' }).append('3\n');
  assert.equal(await readFile(path, 'utf8'), '1\n2\n3\n');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test('half a line that a crash left spoils no other', async (t) => {
  const path = join(await directory(t), 'a.log');
  await writeFile(path, 'whole\nto');
  await opened(t, { path, sync: 'never' }).append('1\n');
  assert.equal(await readFile(path, 'utf8'), 'whole\nto\n1\n');
});

test('a file that was moved away is begun anew, and so is one that was removed', async (t) => {
  const path = join(await directory(t), 'a.log');
  const file = opened(t, { path });
  await file.append('1\n');
  await rename(path, `${path}.1`);
  await file.append('2\n');
  assert.equal(await readFile(`${path}.1`, 'utf8'), '1\n');
  assert.equal(await readFile(path, 'utf8'), '2\n');
  await rm(path);
  await file.append('3\n');
  assert.equal(await readFile(path, 'utf8'), '3\n');
});

test('a file that was cut to nothing goes on from its beginning', async (t) => {
  const path = join(await directory(t), 'a.log');
  const file = opened(t, { path });
  await file.append('1\n');
  await truncate(path);
  await file.append('2\n');
  assert.equal(await readFile(path, 'utf8'), '2\n');
});

test('a full file is set aside, packed, and only so many are kept', async (t) => {
  const home = await directory(t);
  const path = join(home, 'a.log');
  await writeFile(`${path}.bak`, 'not ours');
  const file = opened(t, { path, rotate: { bytesMax: 2, ageMax: 0, keep: 2, gzip: true } });
  for (const line of ['1\n', '2\n', '3\n', '4\n', '5\n']) await file.append(line);
  const names = (await readdir(home)).sort();
  assert.equal(names.length, 4, names.join());
  assert.equal(names[3], 'a.log.bak');
  const packed = names.filter((name) => name.endsWith('Z.gz'));
  const archives = await Promise.all(packed.map((name) => readFile(join(home, name))));
  assert.deepEqual(
    archives.map((archive) => gunzipSync(archive).toString()),
    ['3\n', '4\n'],
  );
  assert.equal(await readFile(path, 'utf8'), '5\n');
});

test('an old file is set aside; packing that a crash interrupted is finished', async (t) => {
  const home = await directory(t);
  const path = join(home, 'a.log');
  const old = `${path}.${archiveStamp(Date.UTC(2026, 0, 2, 3, 4, 5, 678))}`;
  await writeFile(old, 'old\n');
  await writeFile(`${old}.gz.part`, 'half');
  const file = opened(t, { path, rotate: { bytesMax: 0, ageMax: 1, keep: 9, gzip: true } });
  await file.append('1\n');
  const { birthtimeMs } = await stat(path);
  while (Date.now() - birthtimeMs < 2) await utimes(path, new Date(), new Date());
  await file.append('2\n');
  assert.equal(await readFile(path, 'utf8'), '2\n');
  assert.equal(gunzipSync(await readFile(`${old}.gz`)).toString(), 'old\n');
  const names = await readdir(home);
  assert.equal(names.filter((name) => name.endsWith('.part')).length, 0);
  assert.equal(names.length, 3);
});

test('a link, a directory, a pipe or a device is refused', async (t) => {
  const home = await directory(t);
  const [target, link, pipe] = ['target', 'link', 'pipe'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(target, '');
  await symlink(target, link);
  execFileSync('mkfifo', [pipe]);
  const cases = [
    [link, 'ELOOP'],
    [home, 'EISDIR'],
    [pipe, 'EINVAL'],
    ['/dev/null', 'EINVAL'],
  ] as const;
  for (const [path, code] of cases) {
    await assert.rejects(opened(t, { path }).append('1\n'), { code });
  }
});

/** A process that may write no file beyond 8 KiB: the write that crosses it fails half way. */
function appendWithin8KiB(path: string, bytes: number): string {
  const program = `
    import { logFile } from '${import.meta.resolve('./log-file.ts')}';
    const rotate = { bytesMax: 0, ageMax: 0, keep: 1, gzip: false };
    const file = logFile({ path: '${path}', sync: 'never', rotate });
    const said = await file.append('x'.repeat(${bytes}) + '\\n').catch(({ code }) => code);
    process.stdout.write(said ?? 'appended');
  `;
  const script = 'trap \'\' XFSZ; ulimit -f 8; exec "$0" --input-type=module -e "$1"';
  return execFileSync('bash', ['-c', script, process.execPath, program], { encoding: 'utf8' });
}

test('a disk that fills up in the middle of an append keeps nothing of it', async (t) => {
  const path = join(await directory(t), 'a.log');
  assert.equal(appendWithin8KiB(path, 5000), 'appended');
  assert.equal(appendWithin8KiB(path, 5000), 'EFBIG');
  assert.equal((await stat(path)).size, 5001);
});
