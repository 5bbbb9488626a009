import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { TSchema } from 'typebox';
import { outputCommon } from '../../config/schema.ts';
import { outputs } from '../../outputs/index.ts';
import type { OutputDefinition } from '../../src/output/define.ts';
import { batchOf, check, settingsOf } from './attempt.ts';

/** What every output must be, whatever it speaks. What it does is tried beside it. */

const root = join(import.meta.dirname, '../../outputs');
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

test('the table names every folder, A to Z, and nothing else', () => {
  assert.deepEqual(Object.keys(outputs), folders);
});

for (const [id, load] of Object.entries(outputs)) {
  test(`${id}: has its parts`, async () => {
    const files = readdirSync(join(root, id));
    for (const name of ['index.ts', 'payload.ts', 'payload.test.ts', 'contract.test.ts']) {
      assert.ok(files.includes(name), name);
    }
    assert.ok(readFileSync(join(root, id, 'notes.md'), 'utf8').trim().length > 0);
  });

  test(`${id}: describes itself`, async () => {
    const definition: OutputDefinition = await load();
    assert.equal(definition.id, id);
    assert.match(id, /^[a-z][a-z0-9]{0,30}$/);
    assert.notEqual(definition.title, '');
    assert.match(definition.summary, /^[A-Z].{10,150}\.$/);
    assert.notEqual(definition.send === undefined, definition.open === undefined, 'send or open');
  });

  test(`${id}: its example is valid, and a key it does not know is refused`, async () => {
    const definition: OutputDefinition = await load();
    settingsOf(definition, definition.example);
    const unknown = { ...definition.example, unknownKey: 1 };
    assert.equal(check(definition, unknown).findings.length, 1);
  });

  test(`${id}: every setting is described, and closed to what it does not know`, async () => {
    const definition: OutputDefinition = await load();
    assertDescribed(definition.schema, id);
    const common = new Set(['type', ...Object.keys(outputCommon)]);
    const clashes = Object.keys(definition.schema.properties).filter((name) => common.has(name));
    assert.deepEqual(clashes, [], 'settings that every output has already');
  });

  test(`${id}: batch and concurrency are within bounds`, async () => {
    const definition: OutputDefinition = await load();
    assertBatch(definition);
    const { concurrency = 1, staleAfterMs = 0 } = definition;
    assert.ok(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 64);
    assert.ok(staleAfterMs >= 0);
  });
}

function assertBatch(definition: OutputDefinition): void {
  const { alertsMax, bytesMax, waitMs } = batchOf(
    definition,
    settingsOf(definition, definition.example),
  );
  assert.ok(Number.isInteger(alertsMax) && alertsMax >= 1 && alertsMax <= 1000);
  assert.ok(waitMs >= 0 && waitMs <= 60_000);
  if (alertsMax > 1) assert.ok(bytesMax !== undefined && bytesMax >= 1024, 'bytesMax');
}

function assertDescribed(schema: TSchema, path: string): void {
  const { properties } = schema as { properties?: Record<string, TSchema> };
  if (properties === undefined) return;
  assert.equal((schema as { additionalProperties?: unknown }).additionalProperties, false, path);
  for (const [name, property] of Object.entries(properties)) {
    const { description } = property as { description?: unknown };
    assert.ok(typeof description === 'string' && description !== '', `${path}.${name}`);
    assertDescribed(property, `${path}.${name}`);
  }
}
