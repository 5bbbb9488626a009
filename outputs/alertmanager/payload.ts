import type { Delivery } from '../../src/output/define.ts';
import { textOrNumber } from '../../src/output/fields.ts';
import { ageText, oneLine } from '../../src/output/format.ts';
import { epochMs, timeAfter } from '../../src/output/time.ts';
import { isLabel, isOwnIdentity, labelsOf, named, type Texts } from './labels.ts';
import type { AlertmanagerSettings } from './settings.ts';

/**
 * One alert as Alertmanager takes it.
 *
 * @see https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml (postableAlert)
 */
export interface PostableAlert {
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly startsAt?: string;
  readonly endsAt: string;
}

/** @param nowMs When it is sent, in ms since 1970. */
export function postableAlert(
  settings: AlertmanagerSettings,
  delivery: Delivery,
  nowMs: number,
): PostableAlert {
  const isOurs = settings.format === 'tocsin';
  return {
    labels: labelsOf(settings, delivery.alert),
    annotations: annotationsOf(settings, delivery),
    ...(isOurs && { startsAt: startOf(delivery) }),
    endsAt: settings.expiresAfter === 0 ? NEVER : endOf(settings, delivery, nowMs),
  };
}

/** Go's zero time: Alertmanager then sets an end by itself. */
const NEVER = '0001-01-01T00:00:00Z';

function annotationsOf(settings: AlertmanagerSettings, { alert, lateMs }: Delivery): Texts {
  const output = oneLine(alert.output);
  const others = Object.entries(alert.fields).filter(([name]) => !isLabel(settings, name));
  return {
    ...named(others.map(([name, value]) => [name, textOrNumber(value) ?? JSON.stringify(value)])),
    ...(settings.format === 'tocsin' && !isOwnIdentity(settings) && { uuid: alert.uuid }),
    info: output,
    description: output,
    summary: oneLine(alert.rule),
    ...(lateMs !== undefined && { late: ageText(lateMs) }),
    ...settings.annotations,
  };
}

/** Alertmanager refuses a start behind the end: a clock that is ahead must cost no alert. */
function startOf({ alert, receivedAtMs }: Delivery): string {
  const isAhead = Date.parse(alert.time) > receivedAtMs;
  return isAhead ? new Date(receivedAtMs).toISOString() : alert.time;
}

/**
 * Alertmanager tells nobody of an alert that is over when it comes. So its end counts from sending;
 * in Falcosidekick's format only where the alert would be over because it waited here.
 */
function endOf(
  { expiresAfter, format }: AlertmanagerSettings,
  { alert, receivedAtMs }: Delivery,
  nowMs: number,
): string {
  const endMs = epochMs(alert.time) + expiresAfter;
  const isOverByWaiting = endMs > receivedAtMs && endMs <= nowMs;
  return format === 'tocsin' || isOverByWaiting
    ? new Date(nowMs + expiresAfter).toISOString()
    : timeAfter(alert.time, expiresAfter);
}
