import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alert } from '../alert.ts';
import { createMetrics } from './metrics.ts';

const ALERT: Alert = {
  uuid: '0a0a0a0a-0000-4000-8000-000000000001',
  time: '2026-01-01T00:00:00Z',
  priority: 'warning',
  rule: 'R',
  source: 'syscall',
  output: '',
  fields: { 'k8s.ns.name': 'shop', 'k8s.cluster.name': 'my-cluster', test: 'foo', 'n.n': 5 },
  tags: [],
  hostname: '',
  receivedAt: '2026-01-01T00:00:00.000Z',
  ingest: { input: 'http', agent: 'falco' },
};

const SETTINGS = { fieldLabels: [], seriesMax: 100, seriesMaxAgeMs: 3_600_000, falcoEvents: false };
const NAME = 'falcosecurity_falcosidekick_falco_events_total';

test("Falcosidekick's label names, with fields whose names fit (its golden case)", async () => {
  const metrics = createMetrics({
    ...SETTINGS,
    fieldLabels: ['test', 'should*fail', 'k8s.cluster.name'],
  });
  metrics.alertSeries(ALERT).add(1);
  const text = await metrics.registry.getSingleMetricAsString(NAME);
  const line = text.split('\n').find((one) => one.startsWith(`${NAME}{`)) ?? '';
  const labels = [...line.matchAll(/([a-z0-9_]+)="([^"]*)"/g)].map(([, name, value]) => [
    name,
    value,
  ]);
  assert.deepEqual(labels, [
    ['hostname', 'unknown'],
    ['rule', 'R'],
    ['priority', '4'],
    ['priority_raw', 'warning'],
    ['source', 'syscall'],
    ['k8s_ns_name', 'shop'],
    ['k8s_pod_name', ''],
    ['test', 'foo'],
    ['k8s_cluster_name', 'my-cluster'],
  ]);
});

test('a field named like a label of its own, or twice, does not stop the hub', () => {
  const metrics = createMetrics({ ...SETTINGS, fieldLabels: ['rule', 'a.b', 'a_b'] });
  assert.doesNotThrow(() => metrics.alertSeries(ALERT).add(1));
});

test('series are bounded, and what does not fit is still counted', async () => {
  const metrics = createMetrics({ ...SETTINGS, seriesMax: 3 });
  for (let i = 0; i < 50; i += 1) metrics.alertSeries({ ...ALERT, rule: `rule ${i}` }).add(1);
  const { values } = await metrics.registry.getSingleMetric(NAME)!.get();
  assert.equal(values.length, 4);
  const other = values.find(({ labels }) => labels['rule'] === 'other');
  assert.equal(other?.value, 47);
});

test('an alert counts once, however often the metrics are read', async () => {
  const metrics = createMetrics(SETTINGS);
  const read = async () => (await metrics.registry.getSingleMetric(NAME)!.get()).values[0]?.value;
  metrics.alertSeries(ALERT).add(1);
  metrics.alertSeries(ALERT).add(1);
  assert.deepEqual([await read(), await read()], [2, 2]);
  metrics.alertSeries(ALERT).add(1);
  assert.equal(await read(), 3);
});

test("falco-exporter's metric, where it is wanted", async () => {
  const metrics = createMetrics({ ...SETTINGS, falcoEvents: true });
  metrics.falcoEvents?.({ ...ALERT, tags: ['mitre', 'shell'] }).add(2);
  const [value] = (await metrics.registry.getSingleMetric('falco_events')!.get()).values;
  assert.deepEqual(value, {
    value: 2,
    labels: {
      rule: 'R',
      priority: '4',
      hostname: '',
      source: 'syscall',
      k8s_ns_name: 'shop',
      k8s_pod_name: '',
      tags: ',mitre,shell,',
    },
  });
});

test("of falco-exporter's tags those are shown that fit, each whole", async () => {
  const metrics = createMetrics({ ...SETTINGS, falcoEvents: true });
  const tags = ['a'.repeat(60), 'b'.repeat(60), 'c'.repeat(60)];
  metrics.falcoEvents?.({ ...ALERT, tags }).add(1);
  const [value] = (await metrics.registry.getSingleMetric('falco_events')!.get()).values;
  assert.equal(value?.labels['tags'], `,${tags.slice(0, 2).join()},`);
});
