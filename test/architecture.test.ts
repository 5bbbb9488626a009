import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

/** Who may import whom. A folder may always import from itself; tests are free. */
const LAW: Readonly<Record<string, readonly string[]>> = {
  'src/alert.ts': [],
  'src/attack.ts': [],
  'src/escape.ts': [],
  'src/give-back.ts': [],
  'src/json.ts': ['src/alert.ts', 'src/json-scan.ts', 'src/json-syntax.ts'],
  'src/json-scan.ts': [],
  'src/json-syntax.ts': [],
  'src/node-http.ts': [],
  'src/proto': [],
  'src/template': ['src/alert.ts', 'src/json.ts'],
  'src/queue': ['src/alert.ts', 'src/give-back.ts', 'src/json.ts'],
  'src/route': ['src/alert.ts', 'src/json.ts'],
  'src/observe': ['src/alert.ts', 'src/escape.ts'],
  'src/output': [
    'src/alert.ts',
    'src/attack.ts',
    'src/escape.ts',
    'src/json.ts',
    'src/node-http.ts',
    'src/proto',
    'src/template',
  ],
  'src/deliver': [
    'src/alert.ts',
    'src/json.ts',
    'src/output',
    'src/queue',
    'src/route',
    'src/observe',
  ],
  // The detector and a mapping are pure functions of their settings, which the configuration checks with them.
  'src/ingest/k8s-audit': ['src/alert.ts', 'src/route', 'src/template'],
  'src/ingest/file/settings.ts': [],
  'src/ingest/mapping': ['src/alert.ts', 'src/route', 'src/template'],
  'src/ingest': [
    'src/ingest/k8s-audit',
    'src/ingest/file/settings.ts',
    'src/ingest/mapping',
    'src/alert.ts',
    'src/attack.ts',
    'src/escape.ts',
    'src/json.ts',
    'src/json-scan.ts',
    'src/node-http.ts',
    'src/template',
    'src/route',
    'src/queue',
    'src/observe',
    'src/proto',
  ],
  'src/api': ['src/node-http.ts', 'src/queue', 'src/route', 'src/observe'],
  outputs: [
    'src/output',
    'src/alert.ts',
    'src/attack.ts',
    'src/escape.ts',
    'src/json.ts',
    'src/proto',
    'src/template',
  ],
  config: [
    'outputs',
    'src/output',
    'src/route',
    'src/template',
    'src/alert.ts',
    'src/json.ts',
    'src/ingest/k8s-audit',
    'src/ingest/file/settings.ts',
    'src/ingest/mapping',
  ],
};

/** The composition and the command line may name everybody. */
const FREE = ['src/main.ts', 'src/build.ts', 'src/hub', 'src/cli', 'test'];

const IMPORT = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g;

function areaOf(file: string): string {
  const areas = [...Object.keys(LAW), ...FREE];
  return areas.find((area) => file === area || file.startsWith(`${area}/`)) ?? file;
}

const files = globSync(['src/**/*.ts', 'outputs/**/*.ts', 'config/**/*.ts']).filter(
  (file) => !file.endsWith('.test.ts'),
);

test('imports keep to the law', () => {
  assert.ok(files.length > 100, 'no sources found');
  const breaches = files.flatMap((file) => breachesOf(file));
  assert.deepEqual(breaches, []);
});

function breachesOf(file: string): string[] {
  const area = areaOf(file);
  if (FREE.includes(area)) return [];
  const allowed = new Set([area, ...(LAW[area] ?? [])]);
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)]
    .map(([, path]) => normalize(join(dirname(file), path as string)))
    .filter((target) => !allowed.has(areaOf(target)))
    .map((target) => `${file} imports ${target}`);
}

test('no output imports another', () => {
  const breaches = files
    .filter((file) => /^outputs\/[^/]+\//.test(file))
    .flatMap((file) => {
      const [, own] = file.split('/');
      return [...readFileSync(file, 'utf8').matchAll(IMPORT)]
        .map(([, path]) => normalize(join(dirname(file), path as string)))
        .filter((target) => target.startsWith('outputs/') && target.split('/')[1] !== own)
        .map((target) => `${file} imports ${target}`);
    });
  assert.deepEqual(breaches, []);
});

test('packages are loaded late only through a file of ours, or the build would lose their names', () => {
  const late = files.filter((file) => /\bimport\('[^.]/.test(readFileSync(file, 'utf8')));
  assert.deepEqual(late, []);
});

test('node:http is imported for its types alone, or what it drags in costs every hub 4 MB', () => {
  const dear = files.filter((file) =>
    /^import (?!type\b)[^;]* from 'node:http';/m.test(readFileSync(file, 'utf8')),
  );
  assert.deepEqual(dear, []);
});
