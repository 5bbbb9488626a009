import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { CHART } from '../chart/render.ts';
import { eventually } from '../support/eventually.ts';
import { startDestination } from '../support/http-destination.ts';
import { type HubProcess, metric, startHub } from '../support/hub-process.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { exec, startNode } from './kubelet.ts';

/** A real API server writes its audit log to a hub: what is done to the cluster is an alert. */

interface Arrived {
  readonly uuid: string;
  readonly rule: string;
  readonly priority: string;
  readonly output: string;
  readonly output_fields: Readonly<Record<string, unknown>>;
}

interface Place {
  readonly hub: HubProcess;
  readonly cluster: Cluster;
  /** What has arrived, as JSON. */
  arrived(): readonly string[];
}

/** Everything of every request: more than anybody should have an audit policy write. */
const EVERYTHING = { KUBE_AUDIT_LEVEL: 'RequestResponse' };
/** What we say should be written. */
const OURS = { KUBE_AUDIT_POLICY: join(CHART, 'files/audit-policy.yaml') };

async function startPlace(t: TestContext, policy: object): Promise<Place | undefined> {
  const destination = await startDestination(t);
  const output = { type: 'webhook', url: destination.origin };
  const hub = await startHub(t, { outputs: { siem: output } });
  const cluster = await startCluster(t, {
    ...policy,
    KUBE_AUDIT_WEBHOOK: `${hub.origin()}/k8s-audit/staging`,
  });
  if (cluster === undefined) return undefined;
  return { hub, cluster, arrived: () => destination.requests.map(({ body }) => body) };
}

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'ledger', namespace: 'shop' },
  spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'example.org/ledger:7' }] },
};

test('kube: what is done to a real cluster arrives as alerts', { timeout: 240_000 }, async (t) => {
  const place = await startPlace(t, EVERYTHING);
  if (place === undefined) return;
  await t.test('a pod, a binding, an exec, a secret that is read', () => tellsOf(t, place));
  await t.test('no value of a secret is in any of them', () => keepsSecrets(place));
  await t.test('what is done while the hub is killed arrives, each once', () => outlives(place));
});

test("kube: the chart's audit policy has all that the rules need", {
  timeout: 240_000,
}, async (t) => {
  const place = await startPlace(t, OURS);
  if (place === undefined) return;
  await t.test('a pod, a binding, an exec, a secret that is read', () => tellsOf(t, place));
  await t.test('no value of a secret is in any of them', () => keepsSecrets(place));
});

async function tellsOf(t: TestContext, { cluster, arrived }: Place): Promise<void> {
  const { kubectl } = cluster;
  await kubectl('create namespace shop');
  await startNode(t, cluster, 'node-1');
  await kubectl('create -f -', POD);
  const [container] = POD.spec.containers;
  await kubectl('create -f -', {
    ...POD,
    metadata: { name: 'escape', namespace: 'shop' },
    spec: {
      hostNetwork: true,
      containers: [{ ...container, securityContext: { privileged: true } }],
      volumes: [{ name: 'root', hostPath: { path: '/' } }],
    },
  });
  await kubectl(
    'create clusterrolebinding mallory-rules --clusterrole=cluster-admin --user=mallory',
  );
  assert.equal(await exec(cluster, 'shop/ledger', 'cat /etc/shadow'), 101);
  await assert.rejects(kubectl('exec -n shop escape -- id'), /not.*host|does not have a host/);
  await kubectl('create secret generic db -n shop --from-literal=user=root');
  await kubectl('get secret db -n shop -o name');
  const expected = [
    ['Create Privileged Pod', 'Warning', 'ka.target.name', 'escape'],
    ['Create HostNetwork Pod', 'Warning', 'ka.target.name', 'escape'],
    ['Create Sensitive Mount Pod', 'Warning', 'ka.target.name', 'escape'],
    ['Attach to cluster-admin Role', 'Warning', 'ka.target.name', 'mallory-rules'],
    ['Attach/Exec Pod', 'Notice', 'ka.uri.param[command]', 'cat /etc/shadow'],
    ['Attach/Exec Pod Denied', 'Warning', 'ka.target.name', 'escape'],
    ['K8s Secret Get Successfully', 'Error', 'ka.target.name', 'db'],
  ] as const;
  const alerts = (): Arrived[] => arrived().map((json) => JSON.parse(json) as Arrived);
  for (const [rule, priority, field, value] of expected) {
    const isIt = (alert: Arrived) => alert.rule === rule && alert.output_fields[field] === value;
    await eventually(rule, () => alerts().some(isIt));
    const alert = alerts().find(isIt);
    assert.equal(alert?.priority, priority);
    assert.equal(alert.output_fields['ka.user.name'], 'admin');
    assert.equal(alert.output_fields['ka.cluster.name'], 'staging');
  }
}

/** In a secret, a config map, a token and a bootstrap token; as they are and as the server has them. */
async function keepsSecrets({ cluster: { kubectl }, arrived }: Place): Promise<void> {
  const value = `planted-${randomBytes(8).toString('hex')}`;
  await kubectl(`create secret generic gold -n shop --from-literal=password=${value}`);
  await kubectl('get secrets -n shop -o json');
  await kubectl('patch secret gold -n shop -p {"stringData":{"more":"' + value + '-more"}}');
  await kubectl(`create configmap plain -n shop --from-literal=password=${value}`);
  await kubectl('create serviceaccount robot -n shop');
  const token = await kubectl('create token robot -n shop');
  assert.match(token, /^eyJ/);
  await kubectl(`create -f -`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token: token.trim() },
  });
  await kubectl('delete secret gold -n shop');
  for (const rule of [
    'K8s Secret Deleted',
    'Service Account Token Requested',
    'Create/Modify Configmap With Private Credentials',
  ]) {
    await eventually(rule, () => arrived().some((json) => json.includes(`"rule":"${rule}"`)));
  }
  const all = arrived().join('\n');
  for (const planted of [value, `${value}-more`, token.trim()]) {
    assert.ok(!all.includes(planted));
    assert.ok(!all.includes(Buffer.from(planted).toString('base64').replaceAll('=', '')));
  }
}

/** The API server sends a batch again that was not answered, some seconds long. */
async function outlives({ hub, cluster: { kubectl }, arrived }: Place): Promise<void> {
  const names = Array.from({ length: 30 }, (_, i) => `kept-${i}`);
  for (const name of names) {
    if (name === 'kept-10') await hub.kill();
    if (name === 'kept-20') await hub.start();
    await kubectl(`create secret generic ${name} -n shop --from-literal=a=b`);
  }
  const told = () =>
    arrived()
      .map((json) => JSON.parse(json) as Arrived)
      .filter(({ rule }) => rule === 'K8s Secret Created')
      .map(({ uuid, output_fields: fields }) => [uuid, String(fields['ka.target.name'])] as const)
      .filter(([, name]) => name.startsWith('kept-'));
  const namesTold = () => [...new Map(told()).values()].toSorted();
  await eventually('all are told', () => namesTold().length >= names.length, 60_000);
  await eventually('all is delivered', async () => (await metric(hub, 'tocsin_queue_depth')) === 0);
  // What was on its way when the hub was killed may be sent twice, as the same alert.
  assert.deepEqual(namesTold(), names.toSorted());
}
