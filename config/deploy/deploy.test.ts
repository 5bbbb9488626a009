import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { startService } from '../../test/services/service.ts';
import { loadConfig } from '../load.ts';

const here = import.meta.dirname;

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      { readonly image?: string; readonly build?: string; readonly volumes?: readonly string[] }
    >
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
}

test('compose: the hub takes its configuration, and every destination is a service there', async () => {
  const compose = parse(readFileSync(join(here, 'compose.yaml'), 'utf8')) as Compose;
  const file = join(here, 'compose-tocsin.yaml');
  const loaded = await loadConfig({ file, baseDirectory: here, flags: {}, env: {} });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.deepEqual(loaded.warnings, []);
  const hosts = [...readFileSync(file, 'utf8').matchAll(/\b([a-z]+):(?:9092|9200|1025)\b/g)];
  assert.equal(hosts.length, loaded.outputs.length);
  for (const [, host = ''] of hosts) assert.ok(host in compose.services, host);
  const { tocsin, ...others } = compose.services;
  assert.ok(tocsin?.volumes?.includes(`queue:${loaded.config.queue.directory}`));
  assert.ok('queue' in compose.volumes);
  for (const { image } of Object.values(others)) assert.match(image ?? '', /:v?\d+\.\d+/);
});

test('systemd: the unit is understood, and exposes little', async (t) => {
  const service = await startService(t, 'systemd');
  if (service === undefined) return;
  const analyze = service['SYSTEMD_ANALYZE'] ?? '';
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-unit-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const unit = join(directory, 'tocsin.service');
  // The program need not be installed where this runs.
  const text = readFileSync(join(here, 'tocsin.service'), 'utf8');
  writeFileSync(unit, text.replace('/usr/local/bin/tocsin', process.execPath));
  const verified = spawnSync(analyze, ['verify', unit], { encoding: 'utf8' });
  assert.equal(verified.stderr, '');
  assert.equal(verified.status, 0);
  // Of 100; what is usual for a service without a sandbox is above 90.
  const args = ['security', '--offline=true', '--threshold=20', unit];
  const { status, stdout } = spawnSync(analyze, args, { encoding: 'utf8' });
  assert.equal(status, 0, stdout.split('\n').at(-2));
});

test('systemd: the unit waits longer than the hub drains', async () => {
  const text = readFileSync(join(here, 'tocsin.service'), 'utf8');
  const stopSeconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1]);
  const loaded = await loadConfig({ text: '{}', baseDirectory: here, flags: {}, env: {} });
  assert.ok(loaded.ok);
  assert.ok(stopSeconds * 1000 > loaded.config.shutdown.grace);
});
