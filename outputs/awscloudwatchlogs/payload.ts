import { alertDocument } from '../../src/output/alert-document.ts';
import { chunksOf } from '../../src/output/chunks.ts';
import type { Delivery } from '../../src/output/define.ts';
import { fitted, isOlderThan, markedLate } from '../../src/output/rewrite.ts';
import { epochMs } from '../../src/output/time.ts';
import type { CloudWatchSettings } from './settings.ts';

/** One log event, on its way. */
export interface LogEvent {
  readonly delivery: Delivery;
  /** Place in its batch. */
  readonly place: number;
  /** In ms since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

/** What many regions take; CloudWatch counts 26 bytes for each event beside its text. */
const MESSAGE_BYTES_MAX = 256 * 1024 - 26;
const EVENT_BYTES = 26;
/** A request may have 10,000 events and 1 MiB (API_PutLogEvents). */
const LIMITS = { itemsMax: 10_000, bytesMax: 1024 * 1024 };
const DAY_MS = 86_400_000;
/** What CloudWatch takes. */
export const AGE_MS_MAX = 14 * DAY_MS;

type Format = Pick<CloudWatchSettings, 'format'>;

/** Events of a batch, cut as CloudWatch wants them: in the order of time, within 24 hours. */
export function eventChunks(
  settings: Format,
  deliveries: readonly Delivery[],
  nowMs: number,
): LogEvent[][] {
  const events = deliveries
    .map((delivery, place) => eventOf(settings, delivery, place, nowMs))
    .toSorted((a, b) => a.timestamp - b.timestamp);
  return daysOf(events).flatMap((day) =>
    chunksOf(day, LIMITS, ({ message }) => Buffer.byteLength(message) + EVENT_BYTES),
  );
}

function eventOf(settings: Format, delivery: Delivery, place: number, nowMs: number): LogEvent {
  const isLate = delivery.lateMs !== undefined && isOlderThan(delivery, AGE_MS_MAX, nowMs);
  return isLate
    ? lateEvent(settings, delivery, place, nowMs)
    : logEvent(settings, delivery, place, epochMs(delivery.alert.time));
}

/** With the present time: CloudWatch would refuse it under its own. */
export function lateEvent(
  settings: Format,
  delivery: Delivery,
  place: number,
  nowMs: number,
): LogEvent {
  return logEvent(settings, markedLate(delivery), place, nowMs);
}

function logEvent({ format }: Format, delivery: Delivery, place: number, timeMs: number): LogEvent {
  const message = fitted(delivery, MESSAGE_BYTES_MAX, (one) => alertDocument(one, format));
  // No time before 1970 can be said.
  return { delivery, place, timestamp: Math.max(0, timeMs), message };
}

function daysOf(events: readonly LogEvent[]): LogEvent[][] {
  const days: LogEvent[][] = [];
  for (const event of events) {
    const day = days.at(-1);
    const [first = event] = day ?? [];
    if (day === undefined || event.timestamp - first.timestamp >= DAY_MS) days.push([event]);
    else day.push(event);
  }
  return days;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export function putInput(
  { logGroup, logStream }: Pick<CloudWatchSettings, 'logGroup' | 'logStream'>,
  events: readonly LogEvent[],
): string {
  return JSON.stringify({
    logGroupName: logGroup,
    logStreamName: logStream,
    logEvents: events.map(({ timestamp, message }) => ({ timestamp, message })),
  });
}
