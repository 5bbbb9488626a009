import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import {
  falcoExporterMetric,
  type MetricsSettings,
  priorityTallies,
  sidekickMetrics,
} from './alert-metrics.ts';
import { hotCounter } from './bounded-counter.ts';
import { Durations } from './durations.ts';

/**
 * The one catalogue of metrics. The first three are Falcosidekick's, with its names and labels, so
 * that its dashboards and alerts go on working; the others are the hub's own.
 */

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

function gauges(registry: Registry) {
  return (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
}
