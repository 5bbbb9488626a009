import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import test, { type TestContext } from 'node:test';
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
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
import type { Connection, Delivery } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import file from './index.ts';
import { appendedText, archiveStamp, isArchive } from './payload.ts';
import type { FileSettings } from './settings.ts';

const first = deliveryOf(alertWith({ rule: 'first' }));
const second = deliveryOf(alertWith({ rule: 'second' }));
const signal = AbortSignal.timeout(60_000);

const NO_ROTATION = { bytesMax: 0, ageMax: 0, keep: 10, gzip: false };

async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tocsin-file-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function connect(t: TestContext, settings: Partial<FileSettings> & { path: string }) {
  const connection = await file.open?.({
    settings: { format: 'falco', sync: 'always', rotate: NO_ROTATION, ...settings },
    signal,
    http: undefined as never,
    network: undefined as never,
  });
  assert.ok(connection);
  t.after(() => connection.close());
  return connection;
}

async function sent(connection: Connection, ...deliveries: Delivery[]): Promise<void> {
  assert.deepEqual(await connection.send(deliveries, { signal }), { outcome: 'delivered' });
}

async function refused(connection: Connection): Promise<string> {
  const result = await connection.send([first], { signal });
  assert.equal(result.outcome, 'retry');
  return `${result.outcome === 'retry' && result.reason}: ${result.outcome === 'retry' && result.detail}`;
}

test('alerts are appended as lines, across connections, to a file only its owner reads', async (t) => {
  const path = join(await directory(t), 'alerts.ndjson');
  const connection = await connect(t, { path });
  await sent(connection, first, second);
  await connection.close();
  await sent(await connect(t, { path, sync: 'interval' }), first);
  assert.equal(await readFile(path, 'utf8'), `${first.json}\n${second.json}\n${first.json}\n`);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test('half a line that a crash left spoils no alert', async (t) => {
  const path = join(await directory(t), 'alerts.ndjson');
  await writeFile(path, '{"whole":1}\n{"torn":');
  await sent(await connect(t, { path, sync: 'never' }), first);
  assert.equal(await readFile(path, 'utf8'), `{"whole":1}\n{"torn":\n${first.json}\n`);
  assert.equal(appendedText([first], 'falco', false), `${first.json}\n`);
});

test('a file that was moved away is begun anew, and so is one that was removed', async (t) => {
  const path = join(await directory(t), 'alerts.ndjson');
  const connection = await connect(t, { path });
  await sent(connection, first);
  await rename(path, `${path}.1`);
  await sent(connection, second);
  assert.equal(await readFile(`${path}.1`, 'utf8'), `${first.json}\n`);
  assert.equal(await readFile(path, 'utf8'), `${second.json}\n`);
  await rm(path);
  await sent(connection, first);
  assert.equal(await readFile(path, 'utf8'), `${first.json}\n`);
});

test('a file that was cut to nothing goes on from its beginning', async (t) => {
  const path = join(await directory(t), 'alerts.ndjson');
  const connection = await connect(t, { path });
  await sent(connection, first);
  await truncate(path);
  await sent(connection, second);
  assert.equal(await readFile(path, 'utf8'), `${second.json}\n`);
});

test('a full file is set aside, packed, and only so many are kept', async (t) => {
  const home = await directory(t);
  const path = join(home, 'alerts.ndjson');
  await writeFile(`${path}.bak`, 'not ours');
  const rotate = { bytesMax: 10, ageMax: 0, keep: 2, gzip: true };
  const connection = await connect(t, { path, rotate });
  const deliveries = ['a', 'b', 'c', 'd', 'e'].map((rule) => deliveryOf(alertWith({ rule })));
  for (const delivery of deliveries) await sent(connection, delivery);
  const names = (await readdir(home)).sort();
  assert.equal(names.length, 4, names.join());
  assert.equal(names[3], 'alerts.ndjson.bak');
  const packed = names.filter((name) => name.endsWith('Z.gz'));
  const texts = await Promise.all(packed.map(async (name) => readFile(join(home, name))));
  assert.deepEqual(
    texts.map((text) => gunzipSync(text).toString()),
    [`${deliveries[2]?.json}\n`, `${deliveries[3]?.json}\n`],
  );
  assert.equal(await readFile(path, 'utf8'), `${deliveries[4]?.json}\n`);
});

test('an old file is set aside; packing that a crash interrupted is finished', async (t) => {
  const home = await directory(t);
  const path = join(home, 'alerts.ndjson');
  const old = `${path}.${archiveStamp(Date.UTC(2026, 0, 2, 3, 4, 5, 678))}`;
  await writeFile(old, 'old\n');
  await writeFile(`${old}.gz.part`, 'half');
  const rotate = { bytesMax: 0, ageMax: 1, keep: 9, gzip: true };
  const connection = await connect(t, { path, rotate });
  await sent(connection, first);
  const { birthtimeMs } = await stat(path);
  while (Date.now() - birthtimeMs < 2) await utimes(path, new Date(), new Date());
  await sent(connection, second);
  assert.equal(await readFile(path, 'utf8'), `${second.json}\n`);
  assert.equal(gunzipSync(await readFile(`${old}.gz`)).toString(), 'old\n');
  const names = await readdir(home);
  assert.equal(names.filter((name) => name.endsWith('.part')).length, 0);
  assert.equal(names.length, 3);
});

test('archives are told from other files by their whole name', () => {
  assert.equal(archiveStamp(0), '19700101T000000.000Z');
  assert.ok(isArchive('a.log', 'a.log.20261122T105735.123Z'));
  assert.ok(isArchive('a.log', 'a.log.20261122T105735.123Z.gz'));
  for (const name of ['a.log', 'a.log.1', 'b.log.20261122T105735.123Z', 'a.log.20261122T105735Z']) {
    assert.ok(!isArchive('a.log', name), name);
  }
});

test('a path that cannot be written waits for an operator, and recovers', async (t) => {
  const home = await directory(t);
  const path = join(home, 'later', 'alerts.ndjson');
  const connection = await connect(t, { path });
  assert.match(await refused(connection), /^client: cannot write .*ENOENT, its directory/);
  await mkdir(join(home, 'later'));
  await sent(connection, first);
  assert.equal(await readFile(path, 'utf8'), `${first.json}\n`);
});

test('a link, a directory, a pipe or a device is refused', async (t) => {
  const home = await directory(t);
  await writeFile(join(home, 'target'), '');
  await symlink(join(home, 'target'), join(home, 'link'));
  assert.match(await refused(await connect(t, { path: join(home, 'link') })), /^client: .*ELOOP/);
  assert.match(await refused(await connect(t, { path: home })), /^client: .*EISDIR/);
  assert.match(await refused(await connect(t, { path: '/dev/null' })), /^client: .*EINVAL/);
});

test('a directory the hub may not write to is a matter of rights', async (t) => {
  if (process.getuid?.() === 0) return t.skip('root may write everywhere');
  const home = await directory(t);
  const path = join(home, 'alerts.ndjson');
  await chmod(home, 0o500);
  assert.match(await refused(await connect(t, { path })), /^auth: .*EACCES/);
  await chmod(home, 0o700);
});

/** A process that may write no file beyond 8 KiB: the write that crosses it fails half way. */
function appendWithin8KiB(path: string, bytes: number): unknown {
  const program = `
    import file from '${import.meta.resolve('./index.ts')}';
    const signal = AbortSignal.timeout(60_000);
    const rotate = { bytesMax: 0, ageMax: 0, keep: 1, gzip: false };
    const settings = { path: '${path}', format: 'falco', sync: 'never', rotate };
    const connection = await file.open({ settings, signal });
    const result = await connection.send([{ json: 'x'.repeat(${bytes}) }], { signal });
    process.stdout.write(JSON.stringify(result));
  `;
  const script = 'trap \'\' XFSZ; ulimit -f 8; exec "$0" --input-type=module -e "$1"';
  return JSON.parse(
    execFileSync('bash', ['-c', script, process.execPath, program], { encoding: 'utf8' }),
  );
}

test('a disk that fills up in the middle of a batch keeps nothing of it', async (t) => {
  const path = join(await directory(t), 'alerts.ndjson');
  assert.deepEqual(appendWithin8KiB(path, 5000), { outcome: 'delivered' });
  const result = appendWithin8KiB(path, 5000) as { outcome: string; reason: string };
  assert.equal(`${result.outcome}/${result.reason}`, 'retry/server');
  assert.equal((await stat(path)).size, 5001);
});

test('lines may be in another schema', async (t) => {
  const path = join(await directory(t), 'alerts.ndjson');
  await sent(await connect(t, { path, format: 'ocsf' }), first);
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  const classes = lines.map((line) => (JSON.parse(line) as { class_uid: number }).class_uid);
  assert.deepEqual(classes, [2004]);
});

test('settings name a file from the root', () => {
  const settings = { format: 'falco', sync: 'always', rotate: NO_ROTATION } as const;
  assert.deepEqual(file.validate?.({ ...settings, path: '/var/log/alerts.ndjson' }), []);
  assert.equal(file.validate?.({ ...settings, path: 'alerts.ndjson' }).length, 1);
  assert.equal(file.validate?.({ ...settings, path: '/var/log/' }).length, 1);
});
