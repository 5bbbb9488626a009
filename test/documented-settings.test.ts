import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { jsonSchema } from '../config/generate/json-schema.ts';
import { configSchema } from '../config/schema.ts';
import { outputs } from '../outputs/index.ts';
import { codeBlocks } from './support/markdown.ts';

/** Settings that pages show, held to the schema: a key that was renamed is found in the text, too. */

const top = join(import.meta.dirname, '..');
const sections = new Set(Object.keys(configSchema.properties));

interface Shown {
  readonly page: string;
  readonly settings: object;
}

/** Blocks whose keys are all sections of the hub's configuration; others are of other programs. */
const shown: readonly Shown[] = globSync(['*.md', '{charts,config,outputs,src}/**/*.md'], {
  cwd: top,
}).flatMap((page) =>
  codeBlocks(readFileSync(join(top, page), 'utf8'), 'yaml')
    .map((block) => parse(block) as unknown)
    .filter(isHubs)
    .map((settings) => ({ page, settings })),
);

function isHubs(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(value).every((key) => sections.has(key));
}

let check: ValidateFunction;
before(async () => {
  const definitions = await Promise.all(Object.values(outputs).map((load) => load()));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  check = ajv.compile(jsonSchema(definitions));
});

test('pages show settings, those of every output among them', () => {
  const pages = new Set(shown.map(({ page }) => page));
  assert.ok(pages.has('README.md'));
  const without = Object.keys(outputs).filter((id) => !pages.has(`outputs/${id}/README.md`));
  assert.deepEqual(without, []);
});

test('all settings that pages show are settings there are', () => {
  // The schema names what each type of output misses; `tocsin check` says what is meant.
  const wrong = shown
    .filter(({ settings }) => !check(settings))
    .map(({ page, settings }) => `${page}: ${JSON.stringify(settings)}`);
  assert.deepEqual(wrong, []);
});
