import { Counter, Gauge, type Registry } from 'prom-client';

/** What a snapshot of Falco says of itself. */
export type SensorReading =
  | 'kernelDrops'
  | 'outputDrops'
  | 'eventsPerSecond'
  | 'cpuRatio'
  | 'startSeconds';

/** One sensor, as the metrics show it. Times in ms since 1970. */
export interface SensorRow {
  readonly labels: {
    readonly sender: string;
    readonly agent: string;
    readonly hostname: string;
  };
  readonly lastContactMs: number;
  readonly lastAlertMs: number | undefined;
  readonly isSilent: boolean;
  readonly droppedEvents: number;
  readonly readings: Readonly<Partial<Record<SensorReading, number>>>;
}

/** Where the rows come from: a table with a bound. */
export interface SensorSource {
  rows(): readonly SensorRow[];
  readonly untracked: number;
}

type Value = (row: SensorRow) => number | undefined;

const GAUGES: readonly (readonly [name: string, help: string, value: Value])[] = [
  [
    'last_seen_seconds',
    'When a sensor was last heard, in Unix time.',
    ({ lastContactMs }) => lastContactMs / 1000,
  ],
  [
    'last_alert_seconds',
    'When the last alert of a sensor came in, in Unix time.',
    ({ lastAlertMs }) => (lastAlertMs === undefined ? undefined : lastAlertMs / 1000),
  ],
  [
    'silent',
    'Whether nothing was heard of a sensor for longer than is configured.',
    ({ isSilent }) => (isSilent ? 1 : 0),
  ],
  [
    'kernel_drops',
    "System calls missed since Falco's start, by its last snapshot.",
    ({ readings }) => readings.kernelDrops,
  ],
  [
    'output_drops',
    'Alerts Falco could not put out since its start, by its last snapshot.',
    ({ readings }) => readings.outputDrops,
  ],
  [
    'events_per_second',
    'System calls Falco looks at, by its last snapshot.',
    ({ readings }) => readings.eventsPerSecond,
  ],
  [
    'cpu_ratio',
    'Part of one CPU that Falco takes, by its last snapshot.',
    ({ readings }) => readings.cpuRatio,
  ],
  [
    'start_seconds',
    'When Falco was started, in Unix time, by its last snapshot.',
    ({ readings }) => readings.startSeconds,
  ],
];

const LABELS = ['sender', 'agent', 'hostname'] as const;

/** Metrics of the sensors, read from `source` when they are asked for. */
export function showSensors(registry: Registry, source: SensorSource): void {
  for (const [name, help, value] of GAUGES) registry.registerMetric(gauge(name, help, value));

  function gauge(name: string, help: string, value: Value): Gauge {
    return new Gauge({
      name: `tocsin_sensor_${name}`,
      help,
      labelNames: LABELS,
      registers: [],
      collect() {
        this.reset();
        for (const row of source.rows()) {
          const number = value(row);
          if (number !== undefined) this.set(row.labels, number);
        }
      },
    });
  }

  const dropped = new Counter({
    name: 'tocsin_sensor_dropped_events_total',
    help: 'System calls that sensors said they had missed.',
    labelNames: LABELS,
    registers: [],
    collect() {
      this.reset();
      for (const { labels, droppedEvents } of source.rows()) this.inc(labels, droppedEvents);
    },
  });
  const untracked = new Counter({
    name: 'tocsin_sensor_untracked_total',
    help: 'How often a sensor was heard for which the table has no room.',
    registers: [],
    collect() {
      this.reset();
      this.inc(source.untracked);
    },
  });
  registry.registerMetric(dropped);
  registry.registerMetric(untracked);
}
