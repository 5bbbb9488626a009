import { Registry } from 'prom-client';
import { type Alert, fieldOf, PRIORITIES, type Priority, severityOf } from '../alert.ts';
import { BoundedCounter, type Count, hotCounter, LABEL_LENGTH_MAX } from './bounded-counter.ts';

/** What counts alerts by what they say of themselves, under names that others have made known. */

export interface MetricsSettings {
  /** Names of fields that become labels of the alert counter. */
  readonly fieldLabels: readonly string[];
  /** Series a counter with labels out of alerts may have. */
  readonly seriesMax: number;
  /** Such a series goes when nothing was heard of it for so long. */
  readonly seriesMaxAgeMs: number;
  /** Counts falco-exporter's `falco_events`, too. */
  readonly falcoEvents: boolean;
  /** The same in a registry of its own. */
  readonly falcoExporter?: boolean;
  /** Counts alerts by their priority alone, which StatsD is told. */
  readonly byPriority?: boolean;
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Falcosidekick's three, with its names and labels. */
export function sidekickMetrics(registry: Registry, settings: MetricsSettings) {
  const own = [
    'hostname',
    'rule',
    'priority',
    'priority_raw',
    'source',
    'k8s_ns_name',
    'k8s_pod_name',
  ];
  const fields = fieldsByLabel(settings.fieldLabels, own);
  const fieldNames = [...fields.values()];
  const alerts = new BoundedCounter(registry, {
    name: 'falcosecurity_falcosidekick_falco_events_total',
    help: 'Alerts taken in, by what they say of themselves.',
    labelNames: [...own, ...fields.keys()],
    seriesMax: settings.seriesMax,
    maxAgeMs: settings.seriesMaxAgeMs,
  });
  return {
    inputs: hotCounter(
      registry,
      'falcosecurity_falcosidekick_inputs_total',
      'Requests, by whether they were accepted.',
      ['source', 'status'],
    ),
    outputs: hotCounter(
      registry,
      'falcosecurity_falcosidekick_outputs_total',
      'Deliveries: ok once for an alert, error for each failed attempt.',
      ['destination', 'status'],
    ),
    /** What counts an alert under its own labels, as far as there is room for them. */
    alertSeries(alert: Alert): Count {
      const { hostname, rule, priority, source } = alert;
      const labels = [
        hostname === '' ? 'unknown' : hostname,
        rule,
        // Falcosidekick's numbers: debug is 1, emergency 8.
        String(PRIORITIES.length - severityOf(priority)),
        priority,
        source,
        fieldText(alert, 'k8s.ns.name'),
        fieldText(alert, 'k8s.pod.name'),
      ];
      for (const name of fieldNames) labels.push(fieldText(alert, name));
      return alerts.series(labels);
    },
  };
}

/** Counts that shrink with nothing: series by labels go when they are old. */
export class Tally implements Count {
  count = 0;

  add(count: number): void {
    this.count += count;
  }
}

export function priorityTallies(): ReadonlyMap<Priority, Tally> {
  return new Map(PRIORITIES.map((priority) => [priority, new Tally()]));
}

/**
 * The one metric of falco-exporter (deprecated), with its labels: priorities from 0, emergency, to
 * 7, debug, and tags between commas, so that `tags=~".*,x,.*"` finds one.
 */
export function falcoExporterMetric(registry: Registry, settings: MetricsSettings) {
  const exporter = new Registry();
  const { falcoEvents: isShown, falcoExporter: isExported = false } = settings;
  if (!isShown && !isExported) return { falcoEvents: undefined, exporter };
  const events = new BoundedCounter(exporter, {
    name: 'falco_events',
    help: "Alerts taken in, under falco-exporter's name and labels.",
    labelNames: ['rule', 'priority', 'hostname', 'source', 'k8s_ns_name', 'k8s_pod_name', 'tags'],
    seriesMax: settings.seriesMax,
    maxAgeMs: settings.seriesMaxAgeMs,
  });
  const falcoEvents = (alert: Alert): Count =>
    events.series([
      alert.rule,
      String(severityOf(alert.priority)),
      alert.hostname,
      alert.source,
      fieldText(alert, 'k8s.ns.name'),
      fieldText(alert, 'k8s.pod.name'),
      tagList(alert.tags),
    ]);
  if (isShown) registry.registerMetric(exporter.getSingleMetric('falco_events')!);
  return { falcoEvents, exporter };
}

/** Between commas, as many as a label holds: half a tag would be another. */
function tagList(tags: readonly string[]): string {
  let list = '';
  for (const tag of tags) {
    const longer = `${list === '' ? ',' : list}${tag},`;
    if (longer.length > LABEL_LENGTH_MAX) break;
    list = longer;
  }
  return list;
}

/** The fields that can be labels, by the label's name. */
function fieldsByLabel(names: readonly string[], taken: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const field of names) {
    const label = field.replaceAll('.', '_');
    if (LABEL_NAME.test(label) && !taken.includes(label)) fields.set(label, field);
  }
  return fields;
}

function fieldText(alert: Alert, name: string): string {
  const value = fieldOf(alert, name);
  return typeof value === 'string' ? value : '';
}
