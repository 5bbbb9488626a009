import { closedPort } from '../support/http-destination.ts';
import { eventually } from '../support/eventually.ts';
import { get, type Lifetime, metric, startHub } from '../support/hub-process.ts';

/** The labels of each metric that a hub shows; none of a metric that has no series yet. */
export type LiveMetrics = ReadonlyMap<string, ReadonlySet<string>>;

/** What Prometheus adds to every series, and the chart's PodMonitor to those of agents. */
const OF_PROMETHEUS = new Set(['instance', 'job', 'namespace', 'pod', 'component']);
/** Words of PromQL that look like metrics to a simple reader. */
const NAME = /\b(?:tocsin|falcosecurity|falco|nodejs|process)_[a-z0-9_]+/g;
const SELECTOR = /\b([a-z][a-z0-9_]+)\{([^}]*)\}/g;

/** Metrics of a hub that has delivered an alert to one output and failed with another. */
export async function liveMetrics(t: Lifetime): Promise<LiveMetrics> {
  const hub = await startHub(t, {
    metrics: { falcoEvents: true },
    outputs: {
      good: { type: 'stdout' },
      bad: { type: 'webhook', url: `http://127.0.0.1:${await closedPort()}/` },
    },
  });
  const alert = { rule: 'R', priority: 'Warning', source: 'syscall', output: 'o' };
  await fetch(`${hub.origin()}/`, { method: 'POST', body: JSON.stringify(alert) });
  await eventually('one delivery, one failure, a depth', async () => {
    const delivered = await metric(hub, 'tocsin_output_delivered_total');
    const retried = await metric(hub, 'tocsin_output_retried_total');
    return delivered > 0 && retried > 0 && (await metric(hub, 'tocsin_queue_depth')) > 0;
  });
  return metricsIn((await get(hub, '/metrics')).text);
}

function metricsIn(text: string): LiveMetrics {
  const found = new Map<string, Set<string>>();
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const endings = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const ending of endings) found.set(name + ending, new Set());
  }
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z0-9_]+)\{(.*)\} /gm)) {
    for (const [, label = ''] of labels.matchAll(/([a-zA-Z_]\w*)="/g)) found.get(name)?.add(label);
  }
  return found;
}

/** Metrics, and labels in selectors, that an expression names and the hub does not have. */
export function unknownIn(expression: string, live: LiveMetrics): readonly string[] {
  const names = [...expression.matchAll(NAME)].map(([name]) => name);
  const labels = [...expression.matchAll(SELECTOR)].flatMap(([, name = '', matchers = '']) => {
    const known = live.get(name) ?? new Set();
    const asked = [...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label);
    return asked
      .filter((label) => known.size > 0 && !known.has(label) && !OF_PROMETHEUS.has(label))
      .map((label) => `${name}{${label}}`);
  });
  return [...names.filter((name) => !live.has(name)), ...labels];
}
