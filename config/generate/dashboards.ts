import { ingest, outputs, overview, type Panel, process } from './dashboard-panels.ts';

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly rows: readonly (readonly Panel[])[];
}

const dashboards: Readonly<Record<string, Dashboard>> = {
  overview: { uid: 'tocsin-overview', title: 'Tocsin / Overview', rows: overview },
  outputs: { uid: 'tocsin-outputs', title: 'Tocsin / Outputs', rows: outputs },
  ingest: { uid: 'tocsin-ingest', title: 'Tocsin / Ingest', rows: ingest },
  process: { uid: 'tocsin-process', title: 'Tocsin / Process', rows: process },
};

/** Grafana's dashboards of the hub: path from the top, and JSON. */
export function dashboardFiles(): readonly (readonly [path: string, text: string])[] {
  return Object.entries(dashboards).map(([name, dashboard]) => [
    `charts/tocsin/files/dashboards/${name}.json`,
    `${JSON.stringify(model(dashboard), null, 2)}\n`,
  ]);
}

const HEIGHT = { stat: 4, timeseries: 8, table: 8 };
const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` };

function model({ uid, title, rows }: Dashboard): object {
  let y = 0;
  let id = 0;
  const panels = rows.flatMap((row) => {
    let x = 0;
    const placed = row.map((panel) => {
      id += 1;
      const { width: w } = panel;
      const gridPos = { x, y, w, h: HEIGHT[panel.kind ?? 'timeseries'] };
      x += w;
      return { id, gridPos, ...panelModel(panel) };
    });
    y += Math.max(...placed.map(({ gridPos }) => gridPos.h));
    return placed;
  });
  return {
    uid,
    title,
    tags: ['tocsin'],
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    editable: true,
    templating: { list: variables },
    links: [{ type: 'dashboards', title: 'Tocsin', tags: ['tocsin'], asDropdown: true }],
    panels,
  };
}

function panelModel({
  title,
  description,
  kind = 'timeseries',
  unit,
  queries,
  red,
}: Panel): object {
  const steps = [{ color: 'green', value: null }, ...(red === undefined ? [] : [redFrom(red)])];
  return {
    title,
    ...(description === undefined ? {} : { description }),
    type: kind,
    datasource: DATASOURCE,
    fieldConfig: {
      defaults: { unit: unit ?? 'short', min: 0, thresholds: { mode: 'absolute', steps } },
      overrides: [],
    },
    options: kind === 'timeseries' ? { tooltip: { mode: 'multi', sort: 'desc' } } : {},
    targets: Object.entries(queries).map((query, index) => target(query, index, kind)),
  };
}

function target(
  [legendFormat, expr]: [legend: string, expression: string],
  index: number,
  kind: Panel['kind'],
): object {
  const refId = String.fromCodePoint('A'.charCodeAt(0) + index);
  const shape =
    kind === 'timeseries'
      ? {}
      : { instant: true, format: kind === 'table' ? 'table' : 'time_series' };
  return { refId, datasource: DATASOURCE, expr, legendFormat, ...shape };
}

function redFrom(value: number): object {
  return { color: 'red', value };
}

const HUBS = { text: 'hubs', value: 'hub|' };
const HUBS_OR_AGENTS = 'hubs : hub|, agents : agent';

const variables = [
  { name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Data source' },
  // Series of hubs have no such label. What an agent has taken in and passed on would count twice.
  { name: 'component', type: 'custom', label: 'Of', query: HUBS_OR_AGENTS, current: HUBS },
  variable('instance', 'label_values(tocsin_queue_bytes_max{component=~"$component"}, instance)'),
  variable(
    'output',
    'label_values(tocsin_output_state{component=~"$component",instance=~"$instance"}, output)',
  ),
];

function variable(name: string, query: string): object {
  const choice = { multi: true, includeAll: true, allValue: '.*', current: { value: '$__all' } };
  return { name, type: 'query', datasource: DATASOURCE, query, refresh: 2, sort: 1, ...choice };
}
