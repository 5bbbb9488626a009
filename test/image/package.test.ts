import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

/** The npm package: packed, installed in an empty folder without a network, and run from there. */

const ALERT = JSON.stringify({ rule: 'A rule', priority: 'Notice', output: 'Something happened' });
/** It has about 2 MiB; with maps, or a Node of its own, it would have many times that. */
const PACKAGE_BYTES_MAX = 4 * 1024 * 1024;

test('the package installs in an empty folder, brings nothing along, and delivers an alert', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-package-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const tarball = await pack(directory);
  assert.ok(statSync(tarball).size < PACKAGE_BYTES_MAX);
  const home = join(directory, 'empty');
  await mkdir(home);
  const options = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-save'];
  npm(['install', tarball, ...options], home);
  const installed = execFileSync('ls', [join(home, 'node_modules')], { encoding: 'utf8' });
  assert.equal(installed.trim(), 'tocsin');
  const program = join(home, 'node_modules/.bin/tocsin');
  const version = execFileSync(program, ['--version'], { encoding: 'utf8', env: environment() });
  assert.match(version, /^Tocsin \d+\.\d+\.\d+/);
  await deliversFrom(t, program, home);
});

/** The tarball of a build of its own. */
async function pack(directory: string): Promise<string> {
  const script = fileURLToPath(new URL('../../src/build.ts', import.meta.url));
  const dist = join(directory, 'dist');
  const build = spawn(process.execPath, [script, dist], { stdio: 'inherit' });
  assert.deepEqual(await once(build, 'close'), [0, null]);
  const manifest = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8')) as object;
  assert.ok(!Object.keys(manifest).some((key) => /dependencies/i.test(key)));
  const [name = ''] = npm(['pack', dist, '--silent'], directory).trim().split('\n');
  return join(directory, name);
}

/** This Node first, for the program as for npm. */
function environment(): NodeJS.ProcessEnv {
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  return { PATH: path, HOME: process.env['HOME'] };
}

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', env: environment() });
}

async function deliversFrom(t: TestContext, program: string, home: string): Promise<void> {
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(home, 'tocsin.yaml');
  const path = join(home, 'alerts.ndjson');
  const settings = {
    ingest: { http: { address } },
    queue: { directory: join(home, 'queue') },
    outputs: { kept: { type: 'file', path } },
  };
  writeFileSync(config, JSON.stringify(settings));
  const hub = spawn(program, ['-c', config], { cwd: home, env: environment(), stdio: 'ignore' });
  t.after(() => hub.kill('SIGKILL'));
  const posted = async (): Promise<boolean> => {
    const answer = await fetch(`http://${address}/`, { method: 'POST', body: ALERT }).catch(
      () => undefined,
    );
    return answer?.status === 200;
  };
  await eventually('an alert is taken', posted);
  await eventually('it is delivered', () => contentOf(path).includes('"rule":"A rule"'));
  hub.kill('SIGTERM');
  assert.deepEqual(await once(hub, 'exit'), [0, null]);
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
