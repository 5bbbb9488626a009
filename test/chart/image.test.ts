import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hubOf, startHelm } from './render.ts';

/** Which image runs. */

const top = join(import.meta.dirname, '../..');

test('chart: an image by digest, from a registry for all', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const of = async (values: string | object): Promise<string> =>
    hubOf(await helm.objects(values)).image;
  assert.match(await of('native-all.yaml'), /^registry\.example\.org\/tocsin@sha256:/);
  assert.equal(await of('ephemeral.yaml'), 'registry.example.org/tocsin:0.1.0');
  assert.equal(await of({}), 'tocsin:0.1.0');
  assert.equal(await of({ image: { tag: '9' } }), 'tocsin:9');
  const registry = 'registry.example.org';
  assert.equal(await of({ image: { registry } }), `${registry}/tocsin:0.1.0`);
  const mine = { registry, repository: 'security/tocsin' };
  assert.equal(await of({ image: mine }), `${registry}/security/tocsin:0.1.0`);
});

test('chart: a released chart installs the released image, also where old values name another', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-packed-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const env = { ...process.env, IMAGE: 'registry.example.org:5000/security/tocsin' };
  execFileSync(join(top, '.ci/package-chart'), [directory], { env });
  const chart = join(directory, 'tocsin-0.1.0.tgz');
  const of = (...more: readonly string[]): string | undefined => {
    const text = execFileSync(helm.service['HELM'] ?? '', ['template', 'hub', chart, ...more]);
    return /image: "?([^"\s]+)/.exec(text.toString())?.[1];
  };
  assert.equal(of(), 'registry.example.org:5000/security/tocsin:0.1.0');
  const old = join(top, 'test/data/chart/falcosidekick-values.yaml');
  assert.equal(of('-f', old), 'registry.example.org:5000/security/tocsin:0.1.0');
  const mirror = ['--set', 'global.imageRegistry=mirror.example.org'];
  assert.equal(of(...mirror), 'mirror.example.org/security/tocsin:0.1.0');
});
