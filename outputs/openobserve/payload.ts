import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { withMember } from '../../src/output/log-push.ts';
import { isOlderThan, markedLate } from '../../src/output/rewrite.ts';
import { epochNs } from '../../src/output/time.ts';
import type { OpenObserveSettings } from './settings.ts';

const NS_PER_US = 1000n;
const HOUR_MS = 3_600_000;

/** OpenObserve takes what is up to a day in the future. */
const AHEAD_MS_MAX = 23 * HOUR_MS;

/**
 * An array of documents, each with `_timestamp` in microseconds, under which it is filed; without one
 * that is the time of arrival.
 */
export function documents(
  deliveries: readonly Delivery[],
  settings: Pick<OpenObserveSettings, 'format' | 'ageMax'>,
  nowMs: number,
): string {
  return `[${deliveries.map((delivery) => documentOf(delivery, settings, nowMs)).join(',')}]`;
}

function documentOf(
  delivery: Delivery,
  { format, ageMax }: Pick<OpenObserveSettings, 'format' | 'ageMax'>,
  nowMs: number,
): string {
  const isMoved =
    isOlderThan(delivery, ageMax, nowMs) || !isOlderThan(delivery, -AHEAD_MS_MAX, nowMs);
  if (isMoved) return alertDocument(markedLate(delivery), format);
  const timeUs = Number(epochNs(delivery.alert.time) / NS_PER_US);
  return withMember('_timestamp', timeUs, alertDocument(delivery, format));
}
