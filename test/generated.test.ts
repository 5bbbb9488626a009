import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { jsonSchema } from '../config/generate/json-schema.ts';
import { stale } from '../config/generate.ts';
import { outputCommon } from '../config/schema.ts';
import { sidekickKeys, sidekickOutputs } from '../config/sidekick/keys.ts';
import { outputs, sidekickMappings } from '../outputs/index.ts';
import { shippedFlags } from './support/shipped-flags.ts';

const top = new URL('../', import.meta.url);

test('generated files are as `npm run generate` writes them', async () => {
  assert.deepEqual(await stale(), []);
});

test('the table of outputs names every folder, A to Z', () => {
  const folders = readdirSync(new URL('outputs/', top), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  assert.deepEqual(Object.keys(outputs), folders.toSorted());
  const mapped = folders.filter((name) =>
    readdirSync(new URL(`outputs/${name}/`, top)).includes('sidekick.ts'),
  );
  assert.deepEqual(Object.keys(sidekickMappings), mapped.toSorted());
});

for (const [id, load] of Object.entries(outputs)) {
  test(`${id}: its id is its folder, and no setting of its own hides one of all outputs`, async () => {
    const definition = await load();
    assert.equal(definition.id, id);
    const shared = Object.keys(definition.schema.properties).filter((key) => key in outputCommon);
    assert.deepEqual(shared, []);
  });
}

for (const [id, load] of Object.entries(sidekickMappings)) {
  test(`${id}: what is translated from Falcosidekick are settings it has`, async () => {
    const mapping = await load();
    const definition = await outputs[id as keyof typeof outputs]();
    const known = Object.keys(definition.schema.properties);
    const used = [...Object.keys(mapping.settings), ...Object.keys(mapping.always ?? {})];
    assert.deepEqual(
      used.filter((setting) => !known.includes(setting)),
      [],
    );
  });
}

/** What every output of Falcosidekick has is translated for all of them alike. */
const alike = new Set(['minimumpriority', 'checkcert', 'mutualtls', 'maxconcurrentrequests']);

for (const [id, load] of Object.entries(sidekickMappings)) {
  test(`${id}: every key of Falcosidekick's is translated`, async () => {
    const { settings, combined = [], ignored = [] } = await load();
    const used = [
      ...Object.values(settings).map((from) => (typeof from === 'string' ? from : from.key)),
      ...combined.flatMap(({ keys }) => keys),
      ...ignored,
    ];
    const section = sidekickOutputs.find((output) => output.id === id)?.section ?? '';
    const keys = [...sidekickKeys.keys()].filter((key) => key.startsWith(`${section}.`));
    // An output whose files are its own may translate those as well.
    const isOwn = (key: string): boolean => !alike.has(key.slice(section.length + 1));
    // Keys of the hub may count for an output, too.
    const isHere = (key: string): boolean =>
      key.startsWith(`${section}.`) || !sidekickKeys.has(key);
    const own = used.filter((key) => isHere(key) && isOwn(key));
    assert.deepEqual(own.toSorted(), keys.filter(isOwn).toSorted());
  });
}

async function editorCheck() {
  const definitions = await Promise.all(Object.values(outputs).map((load) => load()));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  return ajv.compile(jsonSchema(definitions));
}

test('the schema for editors takes the examples, references and all', async () => {
  const check = await editorCheck();
  const examples = new URL('config/examples/', top);
  for (const name of readdirSync(examples)) {
    const value: unknown = parse(readFileSync(new URL(name, examples), 'utf8'));
    assert.ok(check(value), `${name}: ${JSON.stringify(check.errors)}`);
  }
});

test('the schema for editors takes every output by its example, and no other key', async () => {
  const check = await editorCheck();
  for (const load of Object.values(outputs)) {
    const { id, example } = await load();
    const config = (settings: object) => ({ outputs: { one: { type: id, ...settings } } });
    assert.ok(check(config(example)), `${id}: ${JSON.stringify(check.errors)}`);
    assert.ok(!check(config({ ...example, nope: 1 })), id);
  }
});

const wrong: readonly [name: string, config: object][] = [
  ['a type that does not exist', { outputs: { a: { type: 'nope' } } }],
  ['a missing key', { ingest: { http: { tls: { certFile: 'a' } } } }],
  ['a time without a unit', { queue: { orphanMax: 30 } }],
  ['a size in an unknown unit', { queue: { bytesMax: '2Gi' } }],
  ['a name with a space', { outputs: { 'a b': { type: 'stdout' } } }],
];

for (const [name, config] of wrong) {
  test(`the schema for editors refuses ${name}`, async () => {
    const check = await editorCheck();
    assert.ok(!check(config));
  });
}

test('the program starts Node with the flags of npm start', () => {
  const main = readFileSync(new URL('../src/main.ts', import.meta.url), 'utf8');
  const [shebang] = main.split('\n');
  assert.equal(shebang, `#!/usr/bin/env -S node ${shippedFlags().join(' ')}`);
});
