import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Connection } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import file from './index.ts';
import type { FileSettings } from './settings.ts';

const delivery = deliveryOf(alertWith());
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

async function sent(connection: Connection): Promise<void> {
  assert.deepEqual(await connection.send([delivery], { signal }), { outcome: 'delivered' });
}

async function refused(connection: Connection): Promise<string> {
  const result = await connection.send([delivery], { signal });
  return result.outcome === 'retry' ? `${result.reason}: ${result.detail}` : result.outcome;
}

test('a path that cannot be written waits for an operator, and recovers', async (t) => {
  const home = await directory(t);
  const path = join(home, 'later', 'alerts.ndjson');
  const connection = await connect(t, { path });
  assert.match(await refused(connection), /^client: cannot write .*ENOENT, its directory/);
  await mkdir(join(home, 'later'));
  await sent(connection);
  assert.equal(await readFile(path, 'utf8'), `${delivery.json}\n`);
});

test('what is no regular file is a matter of the settings', async (t) => {
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

test('an error that nobody foresaw is told by its code, and waits, too', async (t) => {
  const path = join(await directory(t), 'a'.repeat(300));
  assert.match(await refused(await connect(t, { path })), /^server: .*ENAMETOOLONG, see the/);
});

test('lines may be in another schema', async (t) => {
  const path = join(await directory(t), 'alerts.ndjson');
  await sent(await connect(t, { path, format: 'ocsf' }));
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
