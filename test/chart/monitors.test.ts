import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubeObject, only, startHelm } from './render.ts';

/** How the metrics of hubs and agents are found. */

const ALL = 'native-all.yaml';

/** Labels by which an object finds others. */
function labelsIn({ spec }: KubeObject): Readonly<Record<string, string>> {
  return (spec['selector'] as { readonly matchLabels: Record<string, string> }).matchLabels;
}

test('chart: no cluster is asked before a ServiceMonitor is made, or a VMServiceScrape', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const objects = await helm.objects(ALL);
  const monitor = only(objects, 'ServiceMonitor');
  assert.equal(monitor.metadata.namespace, 'monitoring');
  const scrape = only(objects, 'VMServiceScrape');
  const service = only(objects, 'Service', 'hub-tocsin');
  for (const found of [monitor, scrape]) {
    assert.deepEqual(found.spec['namespaceSelector'], { matchNames: ['falco'] });
    const labels = labelsIn(found);
    for (const [label, value] of Object.entries(labels)) {
      assert.equal(service.metadata.labels[label], value);
    }
    // Those of a version would find nothing while an upgrade runs.
    for (const label of ['helm.sh/chart', 'app.kubernetes.io/version']) {
      assert.ok(!(label in labels), label);
    }
  }
  const endpoint = { port: 'http-plain', path: '/metrics', interval: '30s' };
  assert.deepEqual(scrape.spec['endpoints'], [endpoint]);
});

test('chart: a PodMonitor finds the pods, on the port without TLS', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const objects = await helm.objects(ALL);
  const { selector, podMetricsEndpoints } = only(objects, 'PodMonitor').spec;
  assert.deepEqual(selector, only(objects, 'StatefulSet').spec['selector']);
  assert.deepEqual(podMetricsEndpoints, [
    { port: 'http-plain', path: '/metrics', interval: '15s' },
  ]);
});

test('chart: a PodMonitor finds the agents, and marks what it finds', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const objects = await helm.objects('agent.yaml');
  const { metadata, spec } = only(objects, 'PodMonitor');
  assert.deepEqual([metadata.name, metadata.namespace], ['hub-tocsin-agent', 'monitoring']);
  assert.equal(metadata.labels['release'], 'prometheus');
  assert.deepEqual(spec['namespaceSelector'], { matchNames: ['falco'] });
  assert.deepEqual(spec['selector'], only(objects, 'DaemonSet').spec['selector']);
  assert.deepEqual(spec['podMetricsEndpoints'], [
    {
      port: 'http',
      path: '/metrics',
      interval: '30s',
      relabelings: [{ targetLabel: 'component', replacement: 'agent' }],
    },
  ]);
});
