import assert from 'node:assert/strict';
import test from 'node:test';
import { errorsOf } from '../test/support/config-errors.ts';
import { loadConfig } from './load.ts';

/** What is said of a mistake tells no secret that stands where it was made. */

const secretMistakes: readonly [name: string, yaml: string][] = [
  ['too short', 'ingest: { http: { auth: { tokens: [{ name: a, token: planted }] } } }'],
  ['of the wrong type', 'ingest: { http: { auth: { tokens: [{ name: a, token: [planted] }] } } }'],
  ['no URL', 'outputs: { a: { type: slack, webhookUrl: planted } }'],
  ['under a key with a letter wrong', 'outputs: { a: { type: slack, webhokUrl: planted } }'],
  ['that looks like an alias', 'outputs: { a: { type: slack, webhookUrl: *planted } }'],
  ['that looks like a tag', 'outputs: { a: { type: slack, webhookUrl: !planted } }'],
  ['after a colon without a space', 'outputs: { a: { type: slack, webhookUrl:planted } }'],
  ['after a missing colon', 'outputs: { a: { type: slack, webhookUrl planted } }'],
  ['in a header without a colon', 'outputs: { a: { type: webhook, headers: { X planted } } }'],
  ['on the line after a choice', 'log: { level: info\n  planted }'],
  ['with a quote that does not end', 'outputs: { a: { type: slack, webhookUrl: "planted } }'],
  ['with a colon', 'outputs:\n  a:\n    type: slack\n    webhookUrl: x: planted'],
  ['from a variable, as a type', 'outputs: { a: { type: "${env:P}" } }'],
  ['from a variable, as a choice', 'log: { level: "${env:P}" }'],
  ['from a variable, as a time', 'queue: { orphanMax: "${env:P}" }'],
  ['from a variable, as a template', 'normalise: { templatedFields: { a: "{{ ${env:P}" } }'],
  ['from a variable, as an expression', 'routes: [{ match: "${env:P}", outputs: [] }]'],
  ['from a variable, as an output', 'routes: [{ outputs: ["${env:P}"] }]'],
];

for (const [name, yaml] of secretMistakes) {
  test(`no error quotes a secret: ${name}`, async () => {
    const errors = await errorsOf(yaml, { P: 'planted' });
    assert.notEqual(errors, '');
    assert.doesNotMatch(errors, /planted/);
  });
}

test("no warning quotes a secret that became a key of Falcosidekick's form", async () => {
  const text = 'slack: { webhookurl:https://planted, channel planted }';
  const result = await loadConfig({ text, env: {}, flags: {}, baseDirectory: '/' });
  assert.ok(result.ok);
  assert.deepEqual(
    result.warnings.map(({ path }) => path),
    ['slack.webhookurl…', 'slack.channel…'],
  );
});
