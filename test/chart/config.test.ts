import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadConfig } from '../../config/load.ts';
import { codeBlocks } from '../support/markdown.ts';
import { CHART, configOf, type Container, hubOf, only, podOf, startHelm } from './render.ts';

/** What the hub makes of the configuration that the chart gives it. */

const OLD = 'falcosidekick-values.yaml';
const input = { baseDirectory: '/etc/tocsin', flags: {} };

/** Variables of the container itself, which win over those of Secrets. */
function envOf({ env = [] }: Container): Record<string, string> {
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

test('chart: the hub takes the configuration in its own form, every number as it was', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const config = {
    queue: { bytesMax: 2_147_483_648 },
    metrics: { seriesMax: 100_000 },
    normalise: { customFields: { one: '{{ not a template }}', two: 'a: b # c' } },
    outputs: { siem: { type: 'webhook', url: 'https://siem.example.org/?a=1&b=2' } },
  };
  const objects = await helm.objects({ config });
  const text = configOf(objects)['config.yaml'] ?? '';
  const loaded = await loadConfig({ ...input, text, env: envOf(hubOf(objects)) });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.equal(loaded.config.queue.bytesMax, 2_147_483_648);
  assert.equal(loaded.config.metrics.seriesMax, 100_000);
  assert.deepEqual(loaded.config.normalise.customFields, config.normalise.customFields);
  assert.deepEqual(
    loaded.outputs.map(({ name }) => name),
    ['siem'],
  );
  assert.deepEqual(hubOf(objects).args, ['-c', '/etc/tocsin/config.yaml']);
});

test('chart: values of the falcosidekick chart, unchanged, start their outputs', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const objects = await helm.objects(OLD, { release: 'falcosidekick' });
  const env = { ...configOf(objects), ...envOf(hubOf(objects)) };
  const loaded = await loadConfig({ ...input, env });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.equal(loaded.origin, 'environment');
  assert.deepEqual(loaded.outputs.map(({ name }) => name).toSorted(), [
    'alertmanager',
    'elasticsearch',
    'loki',
    'slack',
    'webhook',
  ]);
  assert.deepEqual(loaded.misconfigured, []);
  assert.deepEqual(loaded.config.normalise.customFields, {
    environment: 'production',
    datacenter: 'paris',
  });
  assert.equal(env['ALERTMANAGER_EXPIRESAFTER'], '300');
  assert.equal(env['ELASTICSEARCH_NUMBEROFSHARDS'], '3000000');
  assert.equal(env['AWS_ROLEARN'], undefined);
});

test('chart: the old form comes as variables, an existing Secret last, and restarts', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const objects = await helm.objects(OLD, { release: 'falcosidekick' });
  const hub = hubOf(objects);
  assert.deepEqual(
    hub.envFrom?.map(({ secretRef }) => secretRef?.name),
    ['falcosidekick-tocsin-config', 'soc-secrets'],
  );
  assert.equal(hub.args, undefined);
  assert.equal(envOf(hub)['NO_PROXY'], '10.0.0.0/8,.svc');
  assert.equal(hub.image, 'tocsin:0.1.0');
  const { template } = only(objects, 'StatefulSet').spec as {
    readonly template: { readonly metadata: { readonly annotations: Record<string, string> } };
  };
  assert.match(template.metadata.annotations['checksum/config'] ?? '', /^[0-9a-f]{64}$/);
  const account = only(objects, 'ServiceAccount').metadata.annotations;
  assert.deepEqual(account, {
    'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/falco',
  });
});

for (const [release, alias] of [
  ['falcosidekick', 'falcosidekick'],
  ['falco', 'falco-falcosidekick'],
] as const) {
  test(`chart: senders find release ${release} under the name from before`, async (t) => {
    const helm = await startHelm(t);
    if (helm === undefined) return;
    only(await helm.objects(OLD, { release }), 'Service', alias);
    const native = await helm.objects('default.yaml', { release });
    assert.equal(
      native.find(({ metadata }) => metadata.name === alias),
      undefined,
    );
  });
}

test('chart: the keys that tell the forms apart are the schema’s', () => {
  const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')) as {
    readonly properties: { readonly config: { readonly then: { readonly properties: object } } };
  };
  const keys = readFileSync(join(CHART, 'files/native-keys.txt'), 'utf8').trim().split('\n');
  assert.deepEqual(Object.keys(schema.properties.config.then.properties), keys);
});

test('chart: NOTES name what has no effect, and what is weak', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const old = await helm.notes(OLD);
  assert.match(old, /WITHOUT EFFECT: webui\.enabled webui\.redis webui\.replicaCount webui\.user/);
  assert.match(old, /WITHOUT EFFECT: podSecurityPolicy\.create/);
  assert.match(old, /WITHOUT EFFECT: image\.registry/);
  assert.doesNotMatch(old, /admin:admin/);
  assert.match(await helm.notes('default.yaml'), /whoever reaches the Service may send alerts/);
  assert.match(await helm.notes({ persistence: { enabled: false } }), /end with their pod/);
  assert.doesNotMatch(await helm.notes('native-all.yaml'), /WARNING|WITHOUT EFFECT/);
});

test('chart: helm refuses a configuration that the hub would refuse', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  await assert.rejects(helm.objects({ config: { outputs: { a: { type: 'nope' } } } }), /outputs/);
  await assert.rejects(helm.objects({ config: { outptus: {} } }), /outptus/);
  await assert.rejects(helm.objects({ replicas: 3 }), /replicas/);
});

test('chart: Secrets are files', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const objects = await helm.objects('native-all.yaml');
  const mounts = hubOf(objects).volumeMounts?.map(({ name, mountPath }) => `${name} ${mountPath}`);
  for (const mount of ['secret-slack /run/secrets/slack', 'secret-falco /run/secrets/falco']) {
    assert.ok(mounts?.includes(mount), mount);
  }
  const volumes = podOf(only(objects, 'StatefulSet'))?.volumes ?? [];
  assert.deepEqual(volumes.find(({ name }) => name === 'secret-slack')?.['secret'], {
    secretName: 'slack',
    defaultMode: 0o440,
    items: [{ key: 'webhook', path: 'url' }],
  });
});

test('chart: the values in its README are taken, and the hub takes what they make of its configuration', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const blocks = codeBlocks(readFileSync(join(CHART, 'README.md'), 'utf8'), 'yaml');
  const values = blocks.map((block) => parse(block) as object).filter((one) => 'config' in one);
  assert.equal(values.length, 2);
  for (const one of values) {
    const objects = await helm.objects(one);
    // What they name as a file is not there.
    const text = (configOf(objects)['config.yaml'] ?? '').replaceAll(
      /\$\{file:[^}]+\}/g,
      'https://a.example',
    );
    const loaded = await loadConfig({ ...input, text, env: envOf(hubOf(objects)) });
    const other = loaded.ok ? [] : loaded.problems.filter(({ code }) => !code.includes('file'));
    assert.deepEqual(other, []);
  }
});
