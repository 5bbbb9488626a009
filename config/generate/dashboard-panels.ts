/** What the dashboards show, row by row. */

/** One panel: what it shows, and the expressions behind it, by their legend. */
export interface Panel {
  readonly title: string;
  readonly description?: string;
  readonly kind?: 'stat' | 'timeseries' | 'table';
  /** Grafana's name of a unit. */
  readonly unit?: string;
  /** Of 24 columns. */
  readonly width: number;
  readonly queries: Readonly<Record<string, string>>;
  /** From this value on it is red. */
  readonly red?: number;
}

/** Labels by which hubs and outputs are picked. */
const I = 'component=~"$component",instance=~"$instance"';
const O = `${I},output=~"$output"`;
const RANGE = '[$__rate_interval]';

const rate = (metric: string, by: string, labels = I): string =>
  `sum by (${by}) (rate(${metric}{${labels}}${RANGE}))`;

const quantile = (part: number, metric: string): string =>
  `histogram_quantile(${part}, sum by (le, output) (rate(${metric}_bucket{${O}}${RANGE})))`;

function percentiles(title: string, metric: string, description: string): Panel {
  return {
    title,
    description,
    unit: 's',
    width: 12,
    queries: {
      '{{output}} p50': quantile(0.5, metric),
      '{{output}} p95': quantile(0.95, metric),
      '{{output}} p99': quantile(0.99, metric),
    },
  };
}

const NOT_RUNNING = 'state=~"paused|stuck|misconfigured|unavailable"';
const FALCO = 'falcosecurity_falcosidekick_falco_events_total';

const stat = (title: string, expression: string, more: Partial<Panel> = {}): Panel => ({
  title,
  kind: 'stat',
  width: 4,
  queries: { '': expression },
  ...more,
});

const waiting: Panel = {
  title: 'Waiting',
  description: 'Alerts on disk that an output does not have yet.',
  width: 12,
  queries: { '{{output}}': `sum by (output) (tocsin_queue_depth{${O}})` },
};

const givenUp: Panel = {
  title: 'Given up, by reason',
  description: 'Each is recorded: `tocsin why` says it of an alert.',
  width: 12,
  queries: {
    '{{output}} {{reason}}': rate('tocsin_output_suppressed_total', 'output, reason', O),
  },
};

const accepted: Panel = {
  title: 'Taken in',
  description: 'Alerts on disk, and answered.',
  unit: 'cps',
  width: 12,
  queries: { '{{input}}': rate('tocsin_alerts_accepted_total', 'input') },
};

const delivered: Panel = {
  title: 'Delivered',
  unit: 'cps',
  width: 12,
  queries: { '{{output}}': rate('tocsin_output_delivered_total', 'output', O) },
};

export const overview: readonly (readonly Panel[])[] = [
  [
    stat('Hubs', `count(tocsin_queue_bytes_max{${I}})`),
    stat('Alerts waiting', `sum(tocsin_queue_depth{${I}})`),
    stat('Oldest waiting', `max(tocsin_queue_oldest_undelivered_seconds{${I}})`, {
      unit: 's',
      red: 900,
    }),
    stat('Dead letters', `sum(tocsin_dead_letters{${I}})`, { red: 1 }),
    stat(
      'Outputs that do not run',
      `count(tocsin_output_state{${I},${NOT_RUNNING}}) or vector(0)`,
      {
        red: 1,
      },
    ),
    stat('Queue', `max(tocsin_queue_bytes{${I}} / tocsin_queue_bytes_max{${I}})`, {
      unit: 'percentunit',
      red: 0.8,
    }),
  ],
  [accepted, delivered],
  [
    {
      title: 'Alerts by priority',
      width: 12,
      queries: { '{{priority_raw}}': rate(FALCO, 'priority_raw') },
    },
    {
      title: 'Ten most frequent rules',
      width: 12,
      queries: { '{{rule}}': `topk(10, ${rate(FALCO, 'rule')})` },
    },
  ],
  [waiting, givenUp],
];

const SUCCESS = 'rate(tocsin_output_delivered_total';
const success = `sum by (output) (${SUCCESS}{${O}}${RANGE})) / (sum by (output) (${SUCCESS}{${O}}${RANGE})) + (sum by (output) (rate(tocsin_output_retried_total{${O}}${RANGE})) or 0 * sum by (output) (${SUCCESS}{${O}}${RANGE}))))`;

export const outputs: readonly (readonly Panel[])[] = [
  [
    {
      title: 'State',
      kind: 'table',
      width: 24,
      queries: { '': `max by (instance, output, type, state) (tocsin_output_state{${O}}) > 0` },
    },
  ],
  [
    {
      title: 'Success',
      description: 'Deliveries, of those and the attempts that failed.',
      unit: 'percentunit',
      width: 12,
      queries: { '{{output}}': success },
    },
    delivered,
  ],
  [
    percentiles(
      'From receipt to delivery',
      'tocsin_delivery_latency_seconds',
      'Waiting and retries included.',
    ),
    percentiles('One attempt', 'tocsin_attempt_duration_seconds', 'How long destinations take.'),
  ],
  [
    waiting,
    {
      title: 'Oldest waiting',
      unit: 's',
      width: 12,
      queries: {
        '{{output}}': `max by (output) (tocsin_queue_oldest_undelivered_seconds{${O}})`,
      },
    },
  ],
  [
    {
      title: 'Attempts made again, by reason',
      unit: 'cps',
      width: 12,
      queries: {
        '{{output}} {{reason}}': rate('tocsin_output_retried_total', 'output, reason', O),
      },
    },
    {
      title: 'Dead letters',
      width: 12,
      queries: {
        '{{output}}': `sum by (output) (tocsin_dead_letters{${O}})`,
        '{{output}} new, {{reason}}': rate('tocsin_output_dead_total', 'output, reason', O),
      },
    },
  ],
  [{ ...givenUp, width: 24 }],
];

const one = (title: string, metric: string, by: string, description: string): Panel => ({
  title,
  description,
  unit: 'cps',
  width: 8,
  queries: { [`{{${by}}}`]: rate(metric, by) },
});

export const ingest: readonly (readonly Panel[])[] = [
  [
    accepted,
    {
      title: 'Turned away',
      unit: 'cps',
      width: 12,
      queries: { '{{input}} {{code}}': rate('tocsin_alerts_rejected_total', 'input, code') },
    },
  ],
  [
    one('Resends recognised', 'tocsin_alerts_duplicate_total', 'input', 'Not delivered twice.'),
    one('Not on disk', 'tocsin_alerts_not_durable_total', 'input', 'Answered 503, sent on.'),
    one('No UTF-8', 'tocsin_ingest_invalid_utf8_total', 'input', 'Bodies with odd bytes.'),
  ],
  [
    {
      title: 'Silent sensors',
      description: 'They used to speak: `sensors.silentAfter`.',
      kind: 'table',
      width: 8,
      queries: {
        '': `max by (instance, agent, hostname, sender) (tocsin_sensor_silent{${I}}) > 0`,
      },
    },
    one('Calls missed', 'tocsin_sensor_dropped_events_total', 'hostname', 'Sensors say so.'),
    one(
      'Events that are no alert',
      'tocsin_events_quiet_total',
      'format',
      'Answered, and counted.',
    ),
  ],
  [
    one('No route', 'tocsin_alerts_unrouted_total', 'instance', 'They went by `unrouted`.'),
    one('Expressions that failed', 'tocsin_route_failures_total', 'instance', 'Of routes.'),
    one(
      'Templates that failed',
      'tocsin_template_failures_total',
      'where',
      'A note replaced them.',
    ),
  ],
  [
    {
      title: 'Known uuids with other content',
      description: 'A sender may be hiding one alert behind another.',
      unit: 'cps',
      width: 12,
      queries: { '{{instance}}': rate('tocsin_alerts_id_reused_total', 'instance') },
    },
    {
      title: 'Requests, as Falcosidekick counts them',
      unit: 'cps',
      width: 12,
      queries: { '{{status}}': rate('falcosecurity_falcosidekick_inputs_total', 'status') },
    },
  ],
];

const each = (title: string, expression: string, unit: string, width = 8): Panel => ({
  title,
  unit,
  width,
  queries: { '{{instance}}': expression },
});

export const process: readonly (readonly Panel[])[] = [
  [
    each('CPU', `rate(process_cpu_seconds_total{${I}}${RANGE})`, 'short'),
    each('Memory', `process_resident_memory_bytes{${I}}`, 'bytes'),
    each('Heap', `nodejs_heap_size_used_bytes{${I}}`, 'bytes'),
  ],
  [
    each('Event loop lag, p99', `nodejs_eventloop_lag_p99_seconds{${I}}`, 's'),
    each('Garbage collection', rate('nodejs_gc_duration_seconds_sum', 'instance'), 'percentunit'),
    each('Open files', `process_open_fds{${I}}`, 'short'),
  ],
  [
    each('Queue on disk', `tocsin_queue_bytes{${I}}`, 'bytes'),
    each(
      'Queue, of what it may take',
      `tocsin_queue_bytes{${I}} / tocsin_queue_bytes_max{${I}}`,
      'percentunit',
    ),
    {
      title: 'What the queue outlives',
      kind: 'table',
      width: 8,
      queries: { '': `max by (instance, level) (tocsin_queue_durability{${I}}) > 0` },
    },
  ],
  [
    each('Time since start', `time() - process_start_time_seconds{${I}}`, 's'),
    each(
      'Until a certificate expires',
      `tocsin_certificate_not_after_seconds{${I}} - time() > 0`,
      's',
    ),
    {
      title: 'Reloads',
      width: 8,
      queries: { '{{result}}': `sum by (result) (tocsin_config_reloads_total{${I}})` },
    },
  ],
];
