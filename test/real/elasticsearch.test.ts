import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Alert, FieldValue } from '../../src/alert.ts';
import type { Connection, Delivery } from '../../src/output/define.ts';
import { alertWith, deliveryOf, oddAlerts } from '../contract/alerts.ts';
import { verdictOf } from '../contract/attempt.ts';
import { killService, restartService, startService } from '../services/service.ts';
import { contentOf, corpusLines } from '../support/corpus.ts';
import { eventually } from '../support/eventually.ts';
import { type HubProcess, metric, startHub } from '../support/hub-process.ts';
import { isExact, numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';
import {
  lineOf,
  type SearchCluster,
  searchCluster,
  type SearchDocument,
} from '../support/search-cluster.ts';

/** The output against the real servers, started by `test/services/`. */

const servers: readonly [title: string, service: string, env: Record<string, string>][] = [
  ['Elasticsearch 8', 'elasticsearch', {}],
  [
    'Elasticsearch 9, with TLS and a password',
    'elasticsearch',
    { ELASTICSEARCH_VERSION: '9.5.3', ELASTICSEARCH_SECURITY: '1' },
  ],
  ['OpenSearch', 'opensearch', {}],
];

for (const [title, service, env] of servers) {
  test(title, { timeout: 600_000 }, async (t) => {
    const values = await startService(t, service, env);
    if (values === undefined) return;
    const secured = env['ELASTICSEARCH_SECURITY'] === '1';
    const cluster = searchCluster(t, values, { secured });
    await t.test('the corpus arrives exact to the digit', (t) => takesCorpus(t, cluster));
    await t.test('a resend makes no second document', () => takesOnce(cluster));
    await t.test('midnight moves no alert that came in before', () => keepsDays(cluster));
    await t.test('each alert of a batch has its own fate', () => tellsApart(cluster));
    await t.test('a template takes whatever fields are named', () => takesAnything(cluster));
    if (secured) {
      await t.test('a wrong password is no fault of an alert', () => knocks(cluster));
      return;
    }
    await t.test('hub and server killed and started again: every alert once', (t) =>
      survives(t, cluster, async () => {
        await killService(values);
        await restartService(values);
      }),
    );
  });
}

/** Under the mapping that arises, under our template, and in the other schema: all at once. */
async function takesCorpus(t: TestContext, cluster: SearchCluster): Promise<void> {
  const { output } = cluster;
  const dataStream = 'logs-falco.alerts-default';
  const hub = await startHub(t, {
    outputs: {
      plain: { ...output, index: 'plain' },
      mapped: { ...output, index: 'mapped', indexTemplate: 'mapped', replicas: 0, compress: true },
      stream: { ...output, dataStream, indexTemplate: 'stream', format: 'ecs' },
    },
  });
  await postCorpus(hub);
  const expected = corpusLines.map(contentOf).toSorted();
  const count = corpusLines.length;

  const plain = await documentsOf(cluster, hub, 'plain', 'plain-*', count);
  assert.deepEqual(contentsOf(plain), expected);
  // `evt.time` and `evt.time.iso8601` cannot both be there.
  assert.ok(plain.some(({ source }) => source['output_fields_unmapped'] !== undefined));

  const mapped = await documentsOf(cluster, hub, 'mapped', 'mapped-*', count);
  assert.deepEqual(contentsOf(mapped), expected);
  assert.ok(mapped.every(({ source }) => source['output_fields_unmapped'] === undefined));
  assert.ok(mapped.every(({ source }) => source['@timestamp'] === source['time']));

  const stream = await documentsOf(cluster, hub, 'stream', dataStream, count);
  const alerts = stream.map((one) => ({ ...one, source: one.source['falco'] as Source }));
  assert.deepEqual(contentsOf(alerts), expected);
  assert.ok(stream.every(({ index }) => index.includes(dataStream)));
  assert.equal(await metric(hub, 'tocsin_output_dead_total'), 0);
}

type Source = SearchDocument['source'];

async function postCorpus(hub: HubProcess): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = corpusLines.join('\n');
  const { status } = await fetch(hub.origin(), { method: 'POST', body, headers });
  assert.equal(status, 200);
}

async function documentsOf(
  cluster: SearchCluster,
  hub: HubProcess,
  output: string,
  index: string,
  count: number,
): Promise<SearchDocument[]> {
  const delivered = () => metric(hub, 'tocsin_output_delivered_total', { output });
  await eventually(`${output} has all`, async () => (await delivered()) >= count);
  return cluster.documents(index);
}

function contentsOf(documents: readonly SearchDocument[]): string[] {
  return documents.map(({ source }) => contentOf(lineOf(source))).toSorted();
}

function batch(count: number, change: (n: number) => Partial<Alert> = () => ({})): Delivery[] {
  return Array.from({ length: count }, (_, n) =>
    deliveryOf(alertWith({ rule: `Rule ${n}`, ...change(n) })),
  );
}

async function verdictsOf(connection: Connection, deliveries: readonly Delivery[]) {
  const result = await connection.send(deliveries, { signal: AbortSignal.timeout(60_000) });
  assert.ok(result.outcome === 'partial', JSON.stringify(result));
  return result.results.map(verdictOf);
}

async function takesOnce(cluster: SearchCluster): Promise<void> {
  for (const target of [
    { index: 'once' },
    { dataStream: 'once-stream', indexTemplate: 'once-stream' },
  ]) {
    const deliveries = batch(5);
    const first = await cluster.open(target);
    assert.deepEqual(await verdictsOf(first, deliveries.slice(0, 3)), Array(3).fill('delivered'));
    const second = await cluster.open(target);
    assert.deepEqual(await verdictsOf(second, deliveries), Array(5).fill('delivered'));
    const documents = await cluster.documents(target.dataStream ?? `${target.index}-*`);
    const ids = documents.map(({ id }) => id).toSorted();
    assert.deepEqual(ids, deliveries.map(({ key }) => key).toSorted());
  }
}

async function keepsDays(cluster: SearchCluster): Promise<void> {
  const deliveries = batch(2, (n) => ({
    receivedAt: ['2026-11-22T23:59:59.999Z', '2026-11-23T00:00:00.000Z'][n] as string,
  }));
  const connection = await cluster.open({ index: 'days' });
  for (const half of [deliveries.slice(0, 1), deliveries, deliveries]) {
    assert.deepEqual(new Set(await verdictsOf(connection, half)), new Set(['delivered']));
  }
  const indices = (await cluster.documents('days-*')).map(({ index }) => index);
  assert.deepEqual(indices.toSorted(), ['days-2026.11.22', 'days-2026.11.23']);
}

async function tellsApart(cluster: SearchCluster): Promise<void> {
  const field = (type: string) => ({
    properties: { output_fields: { properties: { x: { type } } } },
  });
  await cluster.put('fates-2026.11.01', { mappings: field('long') });
  await cluster.put('fates-2026.11.02', { settings: { index: { blocks: { write: true } } } });
  await cluster.put('fates-2026.11.03', { mappings: { dynamic: 'strict', ...field('long') } });
  const cases: readonly [day: number, x: FieldValue, verdict: string][] = [
    [1, 1, 'delivered'],
    [1, 'no number', 'delivered'],
    [2, 1, 'retry/client'],
    [1, JSON.rawJSON('99999999999999999999'), 'delivered'],
    [3, 1, 'reject/payload'],
    [1, 2, 'delivered'],
  ];
  const deliveries = batch(cases.length, (n) => {
    const [day, x] = cases[n] as (typeof cases)[number];
    return { receivedAt: `2026-11-0${day}T12:00:00.000Z`, fields: { x, y: 'z' } };
  });
  const connection = await cluster.open({ index: 'fates' });
  const verdicts = await verdictsOf(connection, deliveries);
  assert.deepEqual(
    verdicts,
    cases.map(([, , verdict]) => verdict),
  );
  const documents = await cluster.documents('fates-*');
  const unmapped = documents.map(({ source }) => [
    source['rule'],
    source['output_fields_unmapped'],
  ]);
  assert.deepEqual(Object.fromEntries(unmapped), {
    'Rule 0': undefined,
    'Rule 1': '{"x":"no number"}',
    'Rule 3': '{"x":99999999999999999999}',
    'Rule 5': undefined,
  });
}

async function takesAnything(cluster: SearchCluster): Promise<void> {
  const odd = oddAlerts(20_261_122, 120).map((alert) => deliveryOf(alert));
  const fields = { k8s: 'a', 'k8s.ns': 1, 'k8s.ns.name': 'b', '.': 'c', 'd..': 'e', '': null };
  const deliveries = [...odd, ...batch(1, () => ({ fields }))];
  for (const format of ['falco', 'ecs']) {
    const index = `any-${format}`;
    const connection = await cluster.open({ index, format, indexTemplate: index, replicas: 0 });
    for (let from = 0; from < deliveries.length; from += 40) {
      const verdicts = await verdictsOf(connection, deliveries.slice(from, from + 40));
      assert.deepEqual(new Set(verdicts), new Set(['delivered']));
    }
    const documents = await cluster.documents(`${index}-*`);
    assert.equal(documents.length, deliveries.length);
  }
}

async function knocks(cluster: SearchCluster): Promise<void> {
  const connection = await cluster.open({ password: 'another' });
  const signal = AbortSignal.timeout(60_000);
  const result = await connection.send(batch(2), { signal });
  assert.equal(verdictOf(result), 'retry/auth');
  assert.match(JSON.stringify(result), /unable to authenticate user \[tocsin\]/);
}

/** First the hub is killed in the middle of its work, then the server is, while alerts come in. */
async function survives(
  t: TestContext,
  cluster: SearchCluster,
  killServer: () => Promise<void>,
): Promise<void> {
  const siem = { ...cluster.output, index: 'survivors', suffix: 'none', timeout: '5s' };
  // Small batches, so that there is a middle.
  const hub = await startHub(t, { outputs: { siem: { ...siem, batch: { alertsMax: 20 } } } });
  const poster = createPoster(t, hub);
  const delivered = () => metric(hub, 'tocsin_output_delivered_total', { output: 'siem' });
  await poster.postEach(numberedAlerts(0, 300));
  await eventually('some are there', async () => (await delivered()) > 0);
  await hub.kill();
  await hub.start();
  await Promise.all([killServer(), poster.postEach(numberedAlerts(300, 300))]);
  const arrived = () => cluster.documents('survivors');
  await eventually('all are there', async () => (await arrived()).length >= 600);
  const documents = await arrived();
  const uuids = documents.map(({ source }) => source['uuid'] as string);
  assert.equal(poster.acknowledged.size, 600);
  assert.deepEqual(uuids.toSorted(), [...poster.acknowledged].toSorted());
  for (const { source } of documents) {
    assert.ok(isExact(source['uuid'] as string, JSON.stringify(source)));
  }
  assert.equal(await metric(hub, 'tocsin_output_dead_total'), 0);
}
