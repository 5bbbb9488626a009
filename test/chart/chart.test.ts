import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { breachesOfRestricted } from './pod-security.ts';
import {
  CHART,
  configOf,
  type Helm,
  hubOf,
  type KubeObject,
  only,
  podOf,
  startHelm,
} from './render.ts';

const data = join(import.meta.dirname, '../data/chart');
const matrix = readdirSync(data);

/** Kinds that Kubernetes itself does not have. */
const FOREIGN = [
  'Certificate',
  'GrafanaDashboard',
  'HTTPRoute',
  'PodMonitor',
  'PrometheusRule',
  'Route',
  'ServiceMonitor',
  'VMServiceScrape',
  'VerticalPodAutoscaler',
];

test('chart: the schema takes its own defaults and every file of values, and no other key', () => {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const read = (file: string): unknown => parse(readFileSync(file, 'utf8'));
  const check = ajv.compile(read(join(CHART, 'values.schema.json')) as object);
  for (const file of [join(CHART, 'values.yaml'), ...matrix.map((name) => join(data, name))]) {
    assert.ok(check(read(file)), `${file}: ${JSON.stringify(check.errors)}`);
  }
  const wrong: readonly object[] = [
    { replicas: 1 },
    { config: { outputs: { a: { type: 'nope' } } } },
    { config: { outptus: {} } },
    { config: { queue: { bytesMax: '2Gi' } } },
    { config: { slack: {}, outputs: {} } },
    { persistence: { size: 'big' } },
  ];
  for (const values of wrong) assert.ok(!check(values), JSON.stringify(values));
});

test('chart: every file of values', { timeout: 600_000 }, async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  for (const values of matrix) {
    await t.test(`${values}: helm lints it strictly`, () => helm.lint(values));
    for (const kubeVersion of helm.kubeVersions) {
      await t.test(`${values}: Kubernetes ${kubeVersion} knows every field`, async () => {
        const objects = await helm.objects(values, { kubeVersion });
        assert.ok(objects.length >= 4);
        await conform(helm, objects, kubeVersion);
      });
    }
    await t.test(`${values}: its pods keep to the restricted profile`, async () => {
      // An agent's volumes are the host's: it has a test of its own.
      const objects = (await helm.objects(values)).filter(({ kind }) => kind !== 'DaemonSet');
      const pods = objects.flatMap((object) => podOf(object) ?? []);
      assert.equal(pods.length, 2);
      assert.deepEqual(pods.flatMap(breachesOfRestricted), []);
    });
    await t.test(`${values}: what objects say of each other is there`, async () => {
      assertConnected(await helm.objects(values));
    });
  }
});

test('chart: a misspelt field is seen', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const objects = await helm.objects({ updateStrategy: { typ: 'RollingUpdate' } });
  await assert.rejects(conform(helm, objects, helm.kubeVersions.at(-1) ?? ''), /typ/);
});

test('chart: the check of the profile sees what a pod may not', () => {
  const pod = { containers: [{ name: 'a', image: 'a' }], volumes: [{ name: 'v', hostPath: {} }] };
  assert.deepEqual(breachesOfRestricted(pod), [
    'volume of kind hostPath',
    'a: runAsNonRoot',
    'a: allowPrivilegeEscalation',
    'a: capabilities',
    'a: seccompProfile',
  ]);
});

/** @throws Error with what kubeconform says. */
async function conform(
  { service }: Helm,
  objects: readonly KubeObject[],
  kubeVersion: string,
): Promise<void> {
  const schemas = `${service['KUBE_SCHEMAS']}/${kubeVersion}/{{.ResourceKind}}{{.KindSuffix}}.json`;
  const args = ['-strict', '-skip', FOREIGN.join(','), '-schema-location', schemas];
  await new Promise<void>((resolve, reject) => {
    const child = execFile(service['KUBECONFORM'] ?? '', args, (error, stdout) =>
      error === null ? resolve() : reject(new Error(stdout)),
    );
    child.stdin?.end(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  });
}

/** Services find pods, mounts have volumes, Secrets of the chart's own exist, names are unique. */
function assertConnected(objects: readonly KubeObject[]): void {
  const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  assert.deepEqual(names, [...new Set(names)]);
  const workload = objects.find(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind));
  assert.ok(workload !== undefined);
  const { template, volumeClaimTemplates = [] } = workload.spec as unknown as {
    readonly template: { readonly metadata: KubeObject['metadata'] };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
  const ports = new Set(hubOf(objects).ports?.map(({ name }) => name));
  for (const { spec } of objects.filter(({ kind }) => kind === 'Service')) {
    const { selector, ports: served } = spec as unknown as ServiceSpec;
    for (const [label, value] of Object.entries(selector)) {
      assert.equal(template.metadata.labels[label], value);
    }
    for (const { targetPort } of served) assert.ok(ports.has(targetPort), targetPort);
  }
  const volumes = new Set([
    ...(podOf(workload)?.volumes ?? []).map(({ name }) => name),
    ...volumeClaimTemplates.map(({ metadata }) => metadata.name),
  ]);
  for (const { name } of hubOf(objects).volumeMounts ?? []) assert.ok(volumes.has(name), name);
  for (const name of ownSecrets(objects, workload.metadata.name)) {
    assert.ok(
      objects.some((object) => makes(object, name)),
      name,
    );
  }
  const { serviceName } = workload.spec as { readonly serviceName?: string };
  if (serviceName !== undefined) only(objects, 'Service', serviceName);
}

/** Secrets that pods name, and that no user would have made. */
function ownSecrets(objects: readonly KubeObject[], name: string): readonly string[] {
  const text = JSON.stringify(objects.map((object) => podOf(object) ?? {}));
  const named = [...text.matchAll(/"(?:secretName|secretRef":\{"name)":"([^"]+)"/g)];
  return named.map(([, secret = '']) => secret).filter((secret) => secret.startsWith(`${name}-`));
}

function makes({ kind, metadata, spec }: KubeObject, secret: string): boolean {
  if (kind === 'Certificate') return spec['secretName'] === secret;
  return kind === 'Secret' && metadata.name === secret;
}

interface ServiceSpec {
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly targetPort: string }[];
}

test('chart: nothing of a configuration stands outside its Secret', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const secret = 'planted-secret-7c1f';
  for (const config of [
    { outputs: { a: { type: 'slack', webhookUrl: `https://hooks.example/${secret}` } } },
    { slack: { webhookurl: `https://hooks.example/${secret}` } },
  ]) {
    const objects = await helm.objects({ config });
    assert.match(JSON.stringify(configOf(objects)), new RegExp(secret));
    const others = objects.filter(({ kind }) => kind !== 'Secret');
    assert.doesNotMatch(JSON.stringify(others), new RegExp(secret));
    assert.doesNotMatch(await helm.notes({ config }), new RegExp(secret));
  }
});
