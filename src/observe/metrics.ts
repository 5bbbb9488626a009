import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type Alert, fieldOf, PRIORITIES, type Priority, severityOf } from '../alert.ts';
import { BoundedCounter, type Count, LABEL_LENGTH_MAX } from './bounded-counter.ts';
import { Durations } from './durations.ts';

/**
 * The one catalogue of metrics. The first three are Falcosidekick's, with its names and labels, so
 * that its dashboards and alerts go on working; the others are the hub's own.
 */

export interface MetricsSettings {
  /** Names of fields that become labels of the alert counter. */
  readonly fieldLabels: readonly string[];
  /** Series a counter with labels out of alerts may have. */
  readonly seriesMax: number;
  /** Such a series goes when nothing was heard of it for so long. */
  readonly seriesMaxAgeMs: number;
  /** Counts falco-exporter's `falco_events`, too. */
  readonly falcoEvents: boolean;
  /** Counts alerts by their priority alone, which StatsD is told. */
  readonly byPriority?: boolean;
  /** The same in a registry of its own. */
  readonly falcoExporter?: boolean;
}

export type Metrics = ReturnType<typeof createMetrics>;

const ATTEMPT_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const AGE_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 3600, 21_600, 86_400];

export function createMetrics(settings: MetricsSettings) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    ...sidekickMetrics(registry, settings),
    ...falcoExporterMetric(registry, settings),
    priorities: settings.byPriority === true ? priorityTallies() : undefined,
    ...ingestMetrics(registry),
    ...fileMetrics(registry),
    ...queueMetrics(registry),
    ...outputMetrics(registry),
  };
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function sidekickMetrics(registry: Registry, settings: MetricsSettings) {
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

function priorityTallies(): ReadonlyMap<Priority, Tally> {
  return new Map(PRIORITIES.map((priority) => [priority, new Tally()]));
}

/**
 * The one metric of falco-exporter (deprecated), with its labels: priorities from 0, emergency, to
 * 7, debug, and tags between commas, so that `tags=~".*,x,.*"` finds one.
 */
function falcoExporterMetric(registry: Registry, settings: MetricsSettings) {
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

function ingestMetrics(registry: Registry) {
  const counter = counters(registry);
  return {
    accepted: hotCounter(
      registry,
      'tocsin_alerts_accepted_total',
      'Alerts on disk, and answered.',
      ['input'],
    ),
    duplicates: counter('tocsin_alerts_duplicate_total', 'Resends that were recognised.', [
      'input',
    ]),
    rejected: counter('tocsin_alerts_rejected_total', 'Alerts turned away, by code.', [
      'input',
      'code',
    ]),
    notDurable: counter(
      'tocsin_alerts_not_durable_total',
      'Alerts that could not be kept on disk: answered 503, and sent on from memory.',
      ['input'],
    ),
    quiet: counter(
      'tocsin_events_quiet_total',
      'Events that were answered with success and are no alert, by their format.',
      ['format'],
    ),
    unrouted: counter('tocsin_alerts_unrouted_total', 'Alerts that no route took.', []),
    routeFailed: counter('tocsin_route_failures_total', 'Route expressions that failed.', []),
    idReused: counter('tocsin_alerts_id_reused_total', 'Known uuids with other content.', []),
    invalidUtf8: counter(
      'tocsin_ingest_invalid_utf8_total',
      'Bodies with bytes that are no UTF-8.',
      ['input'],
    ),
    templateFailed: counter(
      'tocsin_template_failures_total',
      'Templates that failed on an alert.',
      ['where'],
    ),
    authenticated: new Gauge({
      name: 'tocsin_ingest_authenticated',
      help: 'Whether senders must prove who they are.',
      labelNames: ['input'] as const,
      registers: [registry],
    }),
    reloads: counter('tocsin_config_reloads_total', 'Reloads of the configuration, by result.', [
      'result',
    ]),
  };
}

/** `name` is the input's in the configuration. */
function fileMetrics(registry: Registry) {
  const counter = counters(registry);
  const gauge = gauges(registry);
  return {
    lines: counter('tocsin_lines_total', 'Lines of inputs, by what became of them.', [
      'name',
      'result',
    ]),
    fileGaps: counter(
      'tocsin_file_gaps_total',
      'Files whose rest was not found when they were emptied or taken away.',
      ['name'],
    ),
    fileBehind: gauge('tocsin_file_behind_bytes', 'Bytes of files that are not read yet.', [
      'name',
    ]),
    filesOpen: gauge('tocsin_files_open', 'Files that are read.', ['name']),
    filesUnreadable: gauge('tocsin_files_unreadable', 'Files that cannot be read now.', ['name']),
  };
}

function queueMetrics(registry: Registry) {
  const gauge = gauges(registry);
  return {
    queueBytes: gauge('tocsin_queue_bytes', 'Bytes the queue takes on disk.', []),
    queueBytesMax: gauge('tocsin_queue_bytes_max', 'Bytes it may take.', []),
    depth: gauge('tocsin_queue_depth', 'Alerts that wait for an output.', ['output']),
    oldest: gauge(
      'tocsin_queue_oldest_undelivered_seconds',
      'Age of the oldest alert that waits for an output.',
      ['output'],
    ),
    mismatch: gauge('tocsin_ledger_mismatch', 'Alerts unaccounted for; must be 0.', ['output']),
    certificateNotAfter: gauge(
      'tocsin_certificate_not_after_seconds',
      'When the first certificate of a listener expires, in Unix time; 0 without TLS.',
      [],
    ),
    durability: gauge('tocsin_queue_durability', 'What the queue directory outlives.', ['level']),
  };
}

function outputMetrics(registry: Registry) {
  const counter = counters(registry);
  const gauge = gauges(registry);
  const labels = ['output', 'type'];
  return {
    delivered: hotCounter(registry, 'tocsin_output_delivered_total', 'Alerts delivered.', labels),
    retried: counter('tocsin_output_retried_total', 'Attempts that failed and are made again.', [
      ...labels,
      'reason',
    ]),
    dead: counter('tocsin_output_dead_total', 'Dead letters.', [...labels, 'reason']),
    deadDropped: counter('tocsin_dead_letters_dropped_total', 'Dead letters that had to go.', []),
    suppressed: counter('tocsin_output_suppressed_total', 'Alerts given up, by reason.', [
      ...labels,
      'reason',
    ]),
    state: gauge('tocsin_output_state', 'What an output is doing.', [...labels, 'state']),
    deadLetters: gauge('tocsin_dead_letters', 'Deliveries that ended as dead letters.', ['output']),
    attemptTime: new Durations(registry, {
      name: 'tocsin_attempt_duration_seconds',
      help: 'Time of one attempt.',
      labelNames: labels,
      buckets: ATTEMPT_SECONDS,
    }),
    deliveryAge: new Durations(registry, {
      name: 'tocsin_delivery_latency_seconds',
      help: 'Time from taking an alert in to its delivery.',
      labelNames: labels,
      buckets: AGE_SECONDS,
    }),
  };
}

function counters(registry: Registry) {
  return (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
}

/** Far more than a configuration has outputs, or an input has answers. */
const HOT_SERIES_MAX = 10_000;

/** For what is counted with every request or delivery, under labels that no alert can write. */
function hotCounter(registry: Registry, name: string, help: string, labelNames: string[]) {
  return new BoundedCounter(registry, { name, help, labelNames, seriesMax: HOT_SERIES_MAX });
}

function gauges(registry: Registry) {
  return (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
}
