import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { CHART, podOf } from '../chart/render.ts';
import type { KubeObject as Rendered } from '../chart/render.ts';
import type { ServiceValues } from '../services/service.ts';
import { startService } from '../services/service.ts';
import type { Cluster } from './cluster.ts';
import { runProgram, startCluster } from './cluster.ts';
import { foreignKinds } from './foreign-kinds.ts';

/** helm against a real API server. No controller runs: objects are checked and stored, pods are not made. */

const DATA = join(import.meta.dirname, '../data');
const OLD_CHART = join(DATA, 'falcosidekick-chart');
const OLD = 'falcosidekick-values.yaml';
const NAMESPACES = ['falco', 'security', 'monitoring'];

interface Place extends Cluster {
  /** What helm prints. */
  helm(command: string): Promise<string>;
}

async function startPlace(t: TestContext): Promise<Place | undefined> {
  const tools = await startService(t, 'helm');
  const cluster = await startCluster(t);
  if (tools === undefined || cluster === undefined) return undefined;
  for (const name of NAMESPACES) {
    await cluster.kubectl('create -f -', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: RESTRICTED },
    });
  }
  await cluster.kubectl('create priorityclass high --value=1000');
  for (const definition of foreignKinds) await cluster.kubectl('create -f -', definition);
  await cluster.kubectl('wait --for=condition=Established crd --all --timeout=30s');
  return { ...cluster, helm: helmOf(tools, cluster.values) };
}

/** Pods of other profiles are refused there, and whoever would make such pods is warned. */
const RESTRICTED = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
};

function helmOf({ HELM = '' }: ServiceValues, { KUBECONFIG = '' }: ServiceValues): Place['helm'] {
  const env = { PATH: process.env['PATH'], HOME: join(KUBECONFIG, '..'), KUBECONFIG };
  return (command) => runProgram(HELM, command.split(' '), env);
}

test('kube: helm installs and upgrades the chart', { timeout: 600_000 }, async (t) => {
  const place = await startPlace(t);
  if (place === undefined) return;
  const part = (name: string, run: () => Promise<void>) =>
    t.test(name, async () => {
      await clear(place);
      await run();
    });
  for (const values of readdirSync(join(DATA, 'chart'))) {
    await part(`${values}: no field is unknown, no warning given`, () => checks(place, values));
    await part(`${values}: installs, and upgrades`, () => installs(place, values));
  }
  await part('a certificate that the chart has made stays', () => keepsCertificate(place));
  await part('one upgrade replaces the falcosidekick chart', () => replaces(place));
  await part('from the old values to those of the hub, and to no volume', () => changes(place));
});

function fileOf(values: string): string {
  return join(DATA, 'chart', values);
}

/** The server's own eyes, stricter than those with which helm asks it. */
async function checks({ helm, kubectl }: Place, values: string): Promise<void> {
  const where = `-n falco -f ${fileOf(values)}`;
  const manifest = await helm(`template hub ${CHART} ${where} --dry-run=server --no-hooks`);
  const strict = '--dry-run=server --validate=strict --warnings-as-errors';
  await kubectl(`create ${strict} -f -`, manifest);
}

/** Installs as users do, and makes sure that pods of such a workload are let in. */
async function installs(place: Place, values: string): Promise<void> {
  const { helm, get, kubectl } = place;
  const release = `hub ${CHART} -n falco -f ${fileOf(values)}`;
  assert.match(await helm(`install ${release}`), /Tocsin takes alerts at/);
  await helm(`upgrade ${release} --set replicaCount=4 --set podLabels.more=yes`);
  const workloads = await get<{ items: readonly Rendered[] }>('statefulset,deployment -A');
  assert.deepEqual(
    workloads.items.map(({ spec }) => spec['replicas']),
    [4],
  );
  for (const workload of workloads.items) {
    const metadata = { name: 'would-be', namespace: 'falco' };
    const spec = podOf(workload);
    // A StatefulSet adds those that it claims.
    const claimed =
      'volumeClaimTemplates' in workload.spec ? [{ name: 'queue', emptyDir: {} }] : [];
    const volumes = [...(spec?.volumes ?? []), ...claimed];
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, volumes } };
    await kubectl('create --dry-run=server --validate=strict -f -', pod);
  }
}

/** Removes what the part before has left. */
async function clear({ helm }: Place): Promise<void> {
  await helm('uninstall hub falcosidekick -n falco --ignore-not-found');
}

async function keepsCertificate({ helm, get }: Place): Promise<void> {
  const release = `hub ${CHART} -n falco --set tls.enabled=true`;
  await helm(`install ${release}`);
  const secret = () =>
    get<{ data: Readonly<Record<string, string>> }>('secret hub-tocsin-tls -n falco');
  const { data } = await secret();
  assert.ok(data['tls.crt'] !== undefined);
  await helm(`upgrade ${release} --set replicaCount=3`);
  assert.deepEqual((await secret()).data, data);
}

interface Service {
  readonly spec: {
    readonly clusterIP: string;
    readonly selector: Readonly<Record<string, string>>;
    readonly ports: readonly { readonly port: number }[];
  };
}

async function replaces({ helm, get }: Place): Promise<void> {
  const where = `-n falco -f ${fileOf(OLD)}`;
  const service = () => get<Service>('service falcosidekick -n falco');
  const workloads = async () =>
    (await get<{ items: readonly Rendered[] }>('statefulset,deployment -n falco')).items.map(
      ({ kind, metadata }) => `${kind} ${metadata.name}`,
    );
  await helm(`install falcosidekick ${OLD_CHART} ${where}`);
  const before = await service();
  await helm(`upgrade falcosidekick ${CHART} ${where}`);
  const after = await service();
  // Senders that have resolved the name go on.
  assert.equal(after.spec.clusterIP, before.spec.clusterIP);
  assert.equal(after.spec.selector['app.kubernetes.io/name'], 'tocsin');
  assert.deepEqual(
    after.spec.ports.map(({ port }) => port),
    [2801],
  );
  assert.deepEqual(await workloads(), ['StatefulSet falcosidekick-tocsin']);
  await helm('rollback falcosidekick 1 -n falco');
  assert.deepEqual((await service()).spec, before.spec);
  assert.deepEqual(await workloads(), ['Deployment falcosidekick']);
}

async function changes({ helm, get }: Place): Promise<void> {
  const command = (verb: string, values: string) =>
    helm(`${verb} falcosidekick ${CHART} -n falco -f ${fileOf(values)}`);
  await command('install', OLD);
  await command('upgrade', 'native-all.yaml');
  await command('upgrade', OLD);
  await helm(`upgrade falcosidekick ${CHART} -n falco --set persistence.enabled=false`);
  const { items } = await get<{ items: readonly Rendered[] }>('statefulset,deployment -n falco');
  assert.deepEqual(
    items.map(({ kind }) => kind),
    ['Deployment'],
  );
}
