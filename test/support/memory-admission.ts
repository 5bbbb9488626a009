import type { AdmissionRules } from '../../src/ingest/admission-rules.ts';
import { Admitter } from '../../src/ingest/admit.ts';
import { Duplicates } from '../../src/ingest/duplicates.ts';
import { Sensors } from '../../src/ingest/sensors/sensors.ts';
import { compileEnrichment } from '../../src/ingest/normalise/enrich.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts';
import type { NewAlert, Queue, QueueError } from '../../src/queue/queue.ts';
import { compileRoutes } from '../../src/route/router.ts';

/** The hub's own admission before a queue that is a list. */
export interface MemoryAdmission {
  readonly admitter: Admitter;
  readonly stored: NewAlert[];
  /** What goes to its outputs from memory, because it could not be kept. */
  readonly unkept: NewAlert[];
  readonly metrics: Metrics;
  readonly sensors: Sensors;
  /** Every attempt to store fails so, until it is called without an error. */
  failWith(error: QueueError | undefined): void;
}

export const SENSORS = { silentAfterOf: {}, forgetAfter: 3_600_000, sensorsMax: 100 };

export function memoryAdmission(rules: Partial<AdmissionRules> = {}): MemoryAdmission {
  const stored: NewAlert[] = [];
  const unkept: NewAlert[] = [];
  let failure: QueueError | undefined;
  const queue = {
    append: (alerts: readonly NewAlert[]) => {
      if (failure !== undefined) return Promise.reject(failure);
      stored.push(...alerts);
      return Promise.resolve();
    },
  } as unknown as Queue;
  const metrics = createMetrics({
    fieldLabels: [],
    seriesMax: 100,
    seriesMaxAgeMs: 3_600_000,
    falcoEvents: false,
  });
  const enrichment = compileEnrichment({
    customFields: {},
    templatedFields: {},
    customTags: [],
    bracketReplacer: '',
    outputFieldFormat: '',
  });
  const rate = { alertsPerSecond: 0, burst: 10_000, shareMax: 0.5 };
  const sensors = new Sensors(SENSORS, Date.now());
  const admitter = new Admitter(
    {
      queue,
      metrics,
      sensors,
      duplicates: new Duplicates(),
      fill: () => 0,
      onUnkept: (alerts) => void unkept.push(...alerts),
      nowMs: Date.now,
    },
    {
      enrichment,
      router: compileRoutes({ outputs: [{ name: 'all' }], routes: [], unrouted: 'all' }),
      lanes: new Map([['all', 1]]),
      rate: { http: rate, grpc: rate, syslog: rate, file: rate, auditd: rate },
      keepsSnapshotsOut: false,
      ...rules,
    },
  );
  return {
    admitter,
    stored,
    unkept,
    metrics,
    sensors,
    failWith: (error) => void (failure = error),
  };
}
