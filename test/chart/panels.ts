import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART } from './render.ts';

/** What the chart's dashboards ask, and those that people have from before. */

export interface Dashboard {
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
export const dashboards = readdirSync(folder).map(
  (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Dashboard,
);
const panels = dashboards.flatMap((dashboard) => dashboard.panels);
export const targets = panels.flatMap((panel) => panel.targets);

/**
 * What other dashboards ask: Falcosidekick's own (uid ee5tmd33lk3k0a), its chart's "Falco Events",
 * and Grafana's 11914 of falco-exporter.
 */
export const FOREIGN = [
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

/** Grafana's variables, as it fills them in where nothing is picked. */
export function filled(expression: string, range = '5m'): string {
  return expression
    .replaceAll('$__rate_interval', range)
    .replaceAll('$component', 'hub|')
    .replaceAll(/\$\w+/g, '.*');
}
