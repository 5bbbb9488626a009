import type { Metrics } from '../observe/metrics.ts';
import type { NewAlert, Queue } from '../queue/queue.ts';
import type { Router } from '../route/router.ts';
import type { Sender } from './admission.ts';
import type { Duplicates } from './duplicates.ts';
import type { RateSettings } from './fairness.ts';
import type { Enrichment } from './normalise/enrich.ts';
import type { Sensors } from './sensors/sensors.ts';

/** What a reload changes, all of it at once. */
export interface AdmissionRules {
  readonly enrichment: Enrichment;
  readonly router: Router;
  /** Every configured output's lane: where alerts go, by name. */
  readonly lanes: ReadonlyMap<string, number>;
  readonly rate: Readonly<Record<Sender['input'], RateSettings>>;
  /** Falco's periodic reports are counted, and are no alerts. */
  readonly keepsSnapshotsOut: boolean;
}

export interface AdmitDeps {
  readonly queue: Queue;
  readonly metrics: Metrics;
  /** What came in already, also before a restart. */
  readonly duplicates: Duplicates;
  /** Who was heard, and when. */
  readonly sensors: Sensors;
  /** How full the queue is, from 0 to 1. */
  readonly fill: () => number;
  /** Alerts that could not be kept: they go to their lanes all the same, from memory. */
  readonly onUnkept: (alerts: readonly NewAlert[]) => void;
  readonly nowMs: () => number;
}
