import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { CHART, type KubeObject as Rendered, podOf } from '../chart/render.ts';
import { type ServiceValues, startService } from '../services/service.ts';
import { type Cluster, runProgram, startCluster } from './cluster.ts';
import { foreignKinds } from './foreign-kinds.ts';

/** helm against a real API server. No controller runs: objects are checked and stored, pods are not made. */

const DATA = join(import.meta.dirname, '../data');
const OLD_CHART = join(DATA, 'falcosidekick-chart');
const OLD = 'falcosidekick-values.yaml';
const AGENTS = 'agent.yaml';
type Profile = 'restricted' | 'privileged';
const NAMESPACES: Readonly<Record<string, Profile>> = {
  falco: 'restricted',
  security: 'restricted',
  monitoring: 'restricted',
  nodes: 'privileged',
};

interface Place extends Cluster {
  /** What helm prints. */
  helm(command: string): Promise<string>;
}

async function startPlace(t: TestContext): Promise<Place | undefined> {
  const tools = await startService(t, 'helm');
  const cluster = await startCluster(t);
  if (tools === undefined || cluster === undefined) return undefined;
  for (const [name, profile] of Object.entries(NAMESPACES)) {
    const metadata = { name, labels: labelsOf(profile) };
    await cluster.kubectl('create -f -', { apiVersion: 'v1', kind: 'Namespace', metadata });
  }
  await cluster.kubectl('create priorityclass high --value=1000');
  for (const definition of foreignKinds) await cluster.kubectl('create -f -', definition);
  await cluster.kubectl('wait --for=condition=Established crd --all --timeout=30s');
  return { ...cluster, helm: helmOf(tools, cluster.values) };
}

/** Pods of other profiles are refused there, and whoever would make such pods is warned. */
function labelsOf(profile: Profile): object {
  return {
    'pod-security.kubernetes.io/enforce': profile,
    'pod-security.kubernetes.io/warn': profile,
  };
}

/** Where a release of these values goes: agents have volumes of the host. */
function namespaceOf(values: string): string {
  return values === AGENTS ? 'nodes' : 'falco';
}

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
    await part(`${values}: installs, upgrades, and rolls back`, () => installs(place, values));
  }
  await part('agents only, beside a hub in a restricted namespace', () => agentsOnly(place));
  await part('a certificate that the chart has made stays', () => keepsCertificate(place));
  await part('one upgrade replaces the falcosidekick chart', () => replaces(place));
  await part('a larger volume, as the README has it', () => enlarges(place));
  await part('from the old values to those of the hub, and to no volume', () => changes(place));
});

function fileOf(values: string): string {
  return join(DATA, 'chart', values);
}

/** The server's own eyes, stricter than those with which helm asks it. */
async function checks({ helm, kubectl }: Place, values: string): Promise<void> {
  const where = `-n ${namespaceOf(values)} -f ${fileOf(values)}`;
  const manifest = await helm(`template hub ${CHART} ${where} --dry-run=server --no-hooks`);
  const strict = '--dry-run=server --validate=strict --warnings-as-errors';
  await kubectl(`create ${strict} -f -`, manifest);
}

/** Installs as users do, and makes sure that pods of such workloads are let in. */
async function installs(place: Place, values: string): Promise<void> {
  const { helm } = place;
  const namespace = namespaceOf(values);
  const release = `hub ${CHART} -n ${namespace} -f ${fileOf(values)}`;
  assert.match(await helm(`install ${release}`), /Tocsin takes alerts at/);
  const before = await workloadsOf(place);
  await helm(`upgrade ${release} --set replicaCount=4 --set podLabels.more=yes`);
  const after = await workloadsOf(place);
  const hubs = after.filter(({ kind }) => kind !== 'DaemonSet');
  assert.deepEqual(
    hubs.map(({ spec }) => spec['replicas']),
    [4],
  );
  // A hub needs nothing of a privileged namespace.
  for (const hub of hubs) await letsIn(place, hub, 'falco');
  const agents = after.filter(({ kind }) => kind === 'DaemonSet');
  assert.equal(agents.length, values === AGENTS ? 1 : 0);
  for (const agent of agents) {
    await letsIn(place, agent, namespace);
    await assert.rejects(letsIn(place, agent, 'falco'), /violates PodSecurity "restricted/);
  }
  await helm(`rollback hub 1 -n ${namespace}`);
  assert.deepEqual((await workloadsOf(place)).map(wanted), before.map(wanted));
}

async function workloadsOf({ get }: Place): Promise<readonly Rendered[]> {
  return (await get<{ items: Rendered[] }>('statefulset,deployment,daemonset -A')).items;
}

/** What a workload is to be, without what the server counts. */
function wanted({ kind, metadata: { name, namespace, labels }, spec }: Rendered): object {
  return { kind, name, namespace, labels, spec };
}

/** @throws Error where the server refuses a pod of this workload. */
async function letsIn({ kubectl }: Place, workload: Rendered, namespace: string): Promise<void> {
  const spec = podOf(workload);
  // A StatefulSet adds those that it claims.
  const claimed = 'volumeClaimTemplates' in workload.spec ? [{ name: 'queue', emptyDir: {} }] : [];
  const volumes = [...(spec?.volumes ?? []), ...claimed];
  const metadata = { name: 'would-be', namespace };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, volumes } };
  await kubectl('create --dry-run=server --validate=strict -f -', pod);
}

/** As the README has it, for a hub that stays in a restricted namespace. */
async function agentsOnly(place: Place): Promise<void> {
  const settings = [
    'replicaCount=0',
    'agent.enabled=true',
    'agent.hub.address=hub-tocsin.falco.svc:2803',
    'agent.hub.tokenSecret=agents',
    'agent.hub.caSecret=hub-ca',
  ];
  await place.helm(`install hub ${CHART} -n nodes --set ${settings.join(',')}`);
  const workloads = await workloadsOf(place);
  assert.deepEqual(
    workloads.map(({ kind, spec }) => [kind, spec['replicas']]),
    [
      ['StatefulSet', 0],
      ['DaemonSet', undefined],
    ],
  );
  await letsIn(place, workloads[1]!, 'nodes');
}

/** Removes what the part before has left. */
async function clear({ helm }: Place): Promise<void> {
  await helm('uninstall hub falcosidekick -n falco --ignore-not-found');
  await helm('uninstall hub -n nodes --ignore-not-found');
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

async function enlarges({ helm, kubectl, get }: Place): Promise<void> {
  const release = `hub ${CHART} -n falco`;
  await helm(`install ${release}`);
  await assert.rejects(helm(`upgrade ${release} --set persistence.size=10Gi`), /Forbidden/);
  await kubectl('delete statefulset hub-tocsin -n falco --cascade=orphan --wait=false');
  // What a controller does that no longer finds pods to let go of: here is none.
  const freed = '{"metadata":{"finalizers":null}}';
  await kubectl(`patch statefulset hub-tocsin -n falco --type=merge -p ${freed}`);
  await helm(`upgrade ${release} --set persistence.size=10Gi`);
  const { spec } = await get<Rendered>('statefulset hub-tocsin -n falco');
  assert.match(JSON.stringify(spec['volumeClaimTemplates']), /"storage":"10Gi"/);
}
