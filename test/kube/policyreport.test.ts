import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { only, startHelm } from '../chart/render.ts';
import { corpusLines } from '../support/corpus.ts';
import { eventually } from '../support/eventually.ts';
import { type HubProcess, metric, startHub } from '../support/hub-process.ts';
import { numberedAlerts } from '../support/numbered-alerts.ts';
import { reportDefinitions } from '../support/report-kinds.ts';
import type { StoredReport } from '../support/report-server.ts';
import { type Cluster, startCluster } from './cluster.ts';

/** Reports of a real API server, written with the rights that the chart gives. */

interface Place {
  readonly cluster: Cluster;
  /** A hub that writes reports. */
  hub(): Promise<HubProcess>;
  /** All reports there are, and what they hold. */
  reports(): Promise<readonly StoredReport[]>;
}

test('kube: alerts are in reports', { timeout: 240_000 }, async (t) => {
  const place = await startPlace(t);
  if (place === undefined) return;
  await t.test('without the kinds they wait', () => waits(place));
  await t.test('each in the report of its namespace, or in that of the cluster', () =>
    finds(place),
  );
  await t.test('none is lost when two hubs write at once', () => shares(place));
  await t.test('the corpus is taken, and a report has no alert twice', () => takesCorpus(place));
});

async function startPlace(t: TestContext): Promise<Place | undefined> {
  const helm = await startHelm(t);
  const cluster = await startCluster(t);
  if (helm === undefined || cluster === undefined) return undefined;
  const { kubectl, get, values, url } = cluster;
  for (const name of ['falco', 'shop', 'leaving']) await kubectl(`create namespace ${name}`);
  // No controller empties it: it stays as it is.
  await kubectl('delete namespace leaving --wait=false');
  const objects = await helm.objects({
    config: { outputs: { reports: { type: 'policyreport' } } },
  });
  for (const kind of ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding']) {
    await kubectl('create -f -', only(objects, kind));
  }
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-kube-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const tokenFile = join(directory, 'token');
  writeFileSync(tokenFile, await kubectl('create token hub-tocsin -n falco'));
  const output = {
    type: 'policyreport',
    apiServer: url,
    tokenFile,
    fallbackNamespace: 'falco',
    tls: { caFile: values['KUBE_CA'] },
  };
  return {
    cluster,
    hub: () => startHub(t, { outputs: { reports: output } }),
    async reports() {
      const kinds = 'policyreports,clusterpolicyreports';
      return (await get<{ items: readonly StoredReport[] }>(`${kinds} -A`)).items;
    },
  };
}

function alertIn(rule: string, namespace?: string): string {
  const fields = {
    ...(namespace !== undefined && { 'k8s.ns.name': namespace, 'k8s.pod.name': 'cart-7' }),
    'proc.cmdline': 'cat /etc/shadow',
  };
  const time = '2026-08-11T00:04:09.137331079Z';
  const alert = { rule, priority: 'Warning', source: 'syscall', time, output: rule };
  return JSON.stringify({ ...alert, output_fields: fields });
}

async function post(hub: HubProcess, lines: readonly string[]): Promise<void> {
  const { status } = await fetch(hub.origin(), { method: 'POST', body: lines.join('\n') });
  assert.equal(status, 200);
}

function rulesIn(reports: readonly StoredReport[]): string[] {
  return reports
    .flatMap(({ metadata: { name, namespace = '' }, results }) =>
      results.map(({ rule }) => `${namespace}/${name}: ${rule}`),
    )
    .toSorted();
}

async function waits({ cluster: { kubectl }, hub, reports }: Place): Promise<void> {
  const early = await hub();
  await post(early, [alertIn('early', 'shop')]);
  await eventually('it is told', () => early.stderr().includes('install the CRDs'));
  for (const definition of reportDefinitions) await kubectl('create -f -', definition);
  await kubectl('wait --for=condition=Established crd --all --timeout=30s');
  await eventually('it arrives', async () => (await reports()).length > 0, 120_000);
  await early.stop();
  await kubectl('delete policyreports --all -n shop');
}

async function finds({ hub, reports }: Place): Promise<void> {
  const places = ['shop', undefined, 'gone', 'leaving', '../shop'];
  const running = await hub();
  await post(
    running,
    places.map((place) => alertIn(`of ${place}`, place)),
  );
  await eventually('all are there', async () => rulesIn(await reports()).length === places.length);
  assert.deepEqual(rulesIn(await reports()), [
    '/falco-cluster-policy-report: of undefined',
    'falco/falco-policy-report: of ../shop',
    'falco/falco-policy-report: of gone',
    'falco/falco-policy-report: of leaving',
    'shop/falco-policy-report: of shop',
  ]);
  const report = (await reports()).find(({ metadata }) => metadata.namespace === 'shop');
  assert.deepEqual(report?.summary, { error: 0, fail: 0, pass: 0, skip: 0, warn: 1 });
  const { properties, ...result } = report?.results[0] ?? assert.fail();
  assert.equal(properties['proc.cmdline'], 'cat /etc/shadow');
  // The server drops what its schema does not know.
  assert.deepEqual(result, {
    category: 'SI - System and Information Integrity',
    message: 'of shop',
    policy: 'syscall',
    resources: [{ apiVersion: 'v1', kind: 'Pod', name: 'cart-7', namespace: 'shop' }],
    result: 'warn',
    rule: 'of shop',
    severity: 'medium',
    source: 'Falco',
    timestamp: { nanos: 137_331_079, seconds: 1_786_406_649 },
  });
  await running.stop();
}

async function shares({ cluster: { kubectl }, hub, reports }: Place): Promise<void> {
  await kubectl('delete clusterpolicyreports --all');
  const hubs = [await hub(), await hub()];
  const alerts = numberedAlerts(0, 200).map(({ json }) => json);
  // Many small writes, each of which may meet one of the other hub.
  for (let from = 0; from < alerts.length; from += 10) {
    await Promise.all(
      hubs.map((one, i) => post(one, alerts.slice(from + 5 * i, from + 5 * i + 5))),
    );
  }
  const numbered = async () => (await reports()).flatMap(({ results }) => results).map(uuidOf);
  for (const one of hubs) await allDelivered(one, 100);
  const expected = numberedAlerts(0, 200).map(({ uuid }) => uuid);
  const arrived = (await numbered()).filter((uuid) => expected.includes(uuid));
  assert.deepEqual(arrived.toSorted(), expected.toSorted());
  for (const one of hubs) await one.stop();
}

async function allDelivered(hub: HubProcess, count: number): Promise<void> {
  const delivered = () => metric(hub, 'tocsin_output_delivered_total');
  await eventually('all is delivered', async () => (await delivered()) === count, 60_000);
}

function uuidOf({ properties }: StoredReport['results'][number]): string {
  return properties['tocsin.uuid'] ?? '';
}

async function takesCorpus({ cluster: { kubectl }, hub, reports }: Place): Promise<void> {
  await kubectl('delete clusterpolicyreports --all');
  await kubectl('delete policyreports --all -A');
  const running = await hub();
  await post(running, corpusLines);
  await allDelivered(running, corpusLines.length);
  const keys = (await reports()).flatMap(({ results }) =>
    results.map(({ properties }) => properties['tocsin.key'] ?? ''),
  );
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(keys.length, corpusLines.length);
}
