import { type Alert, type FieldValue, fieldOf, isExactNumber } from '../../alert.ts';
import type { SensorReading } from '../../observe/sensors.ts';

/** What one of Falco's alerts about itself says of the Falco that sent it. */
export interface Health {
  /** A periodic report, and nothing that happened. */
  readonly isSnapshot: boolean;
  /** System calls that Falco says it has missed since the last time it said so. */
  readonly droppedEvents: number;
  /** Of a snapshot: the state of the sensor at that moment. */
  readonly readings: Partial<Record<SensorReading, number>>;
}

const SNAPSHOT = 'Falco internal: metrics snapshot';
const DROPS = 'Falco internal: syscall event drop';

/** Fields of a snapshot (https://falco.org/docs/metrics), and what their unit is a multiple of. */
const READINGS: readonly (readonly [SensorReading, field: string, factor: number])[] = [
  ['kernelDrops', 'scap.n_drops', 1],
  ['outputDrops', 'falco.outputs_queue_num_drops', 1],
  ['eventsPerSecond', 'falco.evts_rate_sec', 1],
  ['cpuRatio', 'falco.cpu_usage_perc', 0.01],
  ['startSeconds', 'falco.start_ts', 1e-9],
];

/** Undefined: the alert is about something else than the sensor. */
export function healthOf(alert: Alert): Health | undefined {
  if (alert.source !== 'internal') return undefined;
  if (alert.rule === DROPS) {
    const droppedEvents = numberOf(fieldOf(alert, 'n_drops')) ?? 0;
    return { isSnapshot: false, droppedEvents, readings: {} };
  }
  if (alert.rule !== SNAPSHOT) return undefined;
  const readings: Partial<Record<SensorReading, number>> = {};
  for (const [reading, field, factor] of READINGS) {
    const value = numberOf(fieldOf(alert, field));
    if (value !== undefined) readings[reading] = value * factor;
  }
  return { isSnapshot: true, droppedEvents: 0, readings };
}

const DIGITS = /^\d{1,20}(?:\.\d{1,20})?$/;

/** Falco writes some numbers as text, and some are too long for a double: near enough here. */
function numberOf(value: FieldValue | undefined): number | undefined {
  const text = isExactNumber(value) ? value.rawJSON : String(value);
  return DIGITS.test(text) ? Number(text) : undefined;
}
