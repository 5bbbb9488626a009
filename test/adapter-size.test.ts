import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/**
 * How much an adapter may be: what several of them say stands in `src/output/`. Lines are those of all
 * `.ts` files in its folder, without tests.
 */
const MEDIAN_LINES_MAX = 119;
const LINES_MAX = 300;

const files = globSync('outputs/*/**/*.ts').filter((file) => !file.endsWith('.test.ts'));

const sizes = new Map<string, number>();
for (const file of files) {
  const [, name = ''] = file.split('/');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').length;
  sizes.set(name, (sizes.get(name) ?? 0) + lines);
}

test('half of the adapters are short', () => {
  const sorted = [...sizes.values()].sort((a, b) => a - b);
  assert.ok(sorted.length > 80, 'no adapters found');
  const median = sorted[sorted.length >> 1] as number;
  assert.ok(median <= MEDIAN_LINES_MAX, `the median is ${median} lines`);
});

test('no adapter is long', () => {
  const wrong = [...sizes]
    .filter(([, lines]) => lines > LINES_MAX)
    .map(([name, lines]) => `${name} has ${lines} lines`);
  assert.deepEqual(wrong, []);
});

/** What stands together in one place is not written again in another. */
const RUN_LINES = 6;
const IMPORTS = /^import [^;]*;$/gm;

test('no run of six lines stands in two adapters', () => {
  const places = new Map<string, string>();
  const twice: string[] = [];
  for (const file of files) {
    const lines = readFileSync(file, 'utf8')
      .replaceAll(IMPORTS, '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /\w/.test(line));
    for (let at = 0; at + RUN_LINES <= lines.length; at += 1) {
      const run = lines.slice(at, at + RUN_LINES).join('\n');
      const other = places.get(run);
      if (other !== undefined) twice.push(`${other} and ${file}: ${lines[at]}`);
      places.set(run, file);
    }
  }
  assert.deepEqual(twice, []);
});
