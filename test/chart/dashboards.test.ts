import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startService } from '../services/service.ts';
import { liveMetrics, unknownIn } from './live-metrics.ts';
import { CHART, startHelm } from './render.ts';

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly query: string }[] };
}

const folder = join(CHART, 'files/dashboards');
const dashboards = readdirSync(folder).map(
  (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Dashboard,
);
const panels = dashboards.flatMap((dashboard) => dashboard.panels);
const targets = panels.flatMap((panel) => panel.targets);

/**
 * What other dashboards ask: Falcosidekick's own (uid ee5tmd33lk3k0a), its chart's "Falco Events",
 * and Grafana's 11914 of falco-exporter.
 */
const FOREIGN = [
  ...['rule', 'source', 'priority', 'priority_raw'].map(
    (by) =>
      `sum by (${by}) (increase(falcosecurity_falcosidekick_falco_events_total{source=~"$source",priority=~"$priority",pod=~"$pod"}[$__rate_interval]))`,
  ),
  ...['destination', 'status'].map(
    (by) =>
      `sum by (${by}) (increase(falcosecurity_falcosidekick_outputs_total{status=~"$status",destination=~"$output"}[$__rate_interval]))`,
  ),
  'rate(falco_events[5m]) > 0',
  ...['rule', 'priority', 'tags', 'k8s_ns_name, k8s_pod_name, hostname'].map(
    (by) => `sum by (${by}) (rate(falco_events[$__rate_interval]))`,
  ),
];

/** Grafana's variables, as it fills them in. */
function filled(expression: string): string {
  return expression.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, '.*');
}

test('dashboards: the hub has every metric of every panel, of these and of Falcosidekick’s', async (t) => {
  const live = await liveMetrics(t);
  assert.ok(targets.length > 40);
  const queries = dashboards.flatMap(({ templating }) => templating.list.map(({ query }) => query));
  for (const expression of [...targets.map(({ expr }) => expr), ...queries, ...FOREIGN]) {
    assert.deepEqual(unknownIn(expression, live), [], expression);
  }
  for (const expression of [...targets.map(({ expr }) => expr), ...FOREIGN]) {
    assert.deepEqual(unknownGroups(expression, live), [], expression);
  }
});

/** Labels that an expression groups by, and that none of its metrics has. */
function unknownGroups(
  expression: string,
  live: Awaited<ReturnType<typeof liveMetrics>>,
): readonly string[] {
  const metrics = [...live].filter(([name]) => new RegExp(`\\b${name}\\b`).test(expression));
  const known = new Set(['instance', ...metrics.flatMap(([, labels]) => [...labels])]);
  // A counter that nothing has counted yet does not show its labels.
  if (metrics.some(([, labels]) => labels.size === 0)) return [];
  const groups = [...expression.matchAll(/by \(([^)]+)\)/g)].flatMap(([, by = '']) =>
    by.split(', '),
  );
  return groups.filter((label) => !known.has(label));
}

test('dashboards: Prometheus understands every expression', async (t) => {
  const service = await startService(t, 'prometheus');
  if (service === undefined) return;
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-dashboards-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'rules.yaml');
  const rules = [...targets.map(({ expr }) => expr), ...FOREIGN].map((expr, index) => ({
    record: `panel:${index}`,
    expr: filled(expr),
  }));
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
  const output = execFileSync(service['PROMTOOL'] ?? '', ['check', 'rules', file]).toString();
  assert.match(output, new RegExp(`SUCCESS: ${rules.length} rules found`));
});

for (const { title, uid, panels } of dashboards) {
  test(`dashboards: ${title} has rows of 24 columns, and a title for each panel`, () => {
    assert.match(uid, /^tocsin-[a-z]+$/);
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    const widths = new Map<number, number>();
    for (const { gridPos } of panels) {
      assert.equal(gridPos.x, widths.get(gridPos.y) ?? 0);
      widths.set(gridPos.y, gridPos.x + gridPos.w);
    }
    assert.deepEqual(new Set(widths.values()), new Set([24]));
    assert.ok(panels.every((panel) => panel.title !== ''));
  });
}

test('chart: dashboards for the sidecar and for the operator, in the folder that is asked for', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const objects = await helm.objects('native-all.yaml');
  const maps = objects.filter(({ metadata }) => metadata.labels?.['grafana_dashboard'] === '1');
  assert.equal(maps.length, dashboards.length);
  for (const { data, metadata } of maps) {
    assert.equal(metadata.annotations?.['grafana_folder'], 'Security');
    const [text = ''] = Object.values(data ?? {});
    assert.ok(dashboards.some(({ uid }) => uid === (JSON.parse(text) as Dashboard).uid));
  }
  const resources = objects.filter(({ kind }) => kind === 'GrafanaDashboard');
  assert.equal(resources.length, dashboards.length);
  const old = await helm.objects('falcosidekick-values.yaml');
  const first = old.find(({ metadata }) => metadata.labels?.['grafana_dashboard'] === '1');
  assert.equal(first?.metadata.namespace, 'monitoring');
  assert.equal(first?.metadata.annotations?.['grafana_dashboard_folder'], 'Falco');
});
