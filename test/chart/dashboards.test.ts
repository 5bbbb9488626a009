import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startService } from '../services/service.ts';
import { liveMetrics, unknownIn } from './live-metrics.ts';
import { type Dashboard, dashboards, filled, FOREIGN, targets } from './panels.ts';
import { startHelm } from './render.ts';

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
