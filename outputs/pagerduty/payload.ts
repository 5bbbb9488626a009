import { hash } from 'node:crypto';
import type { Alert, FieldValue, Priority } from '../../src/alert.ts';
import { priorityTitle } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { ageText, oneLine, truncate } from '../../src/output/format.ts';
import type { PagerDutySettings } from './settings.ts';

/**
 * What is posted for one alert; keys and their order are Falcosidekick's.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2-overview (limits of the request)
 * @see https://developer.pagerduty.com/docs/send-alert-event (fields and their limits)
 */
export interface PagerDutyBody {
  readonly routing_key: string;
  readonly dedup_key?: string;
  readonly event_action: 'trigger';
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: Severity;
    readonly timestamp: string;
    readonly class?: string;
    readonly custom_details: Details;
  };
}

type Severity = Exclude<PagerDutySettings['severity'], 'priority'>;
type Details = Readonly<Record<string, FieldValue>>;

const SUMMARY_CHARS_MAX = 1024;
const DEDUP_KEY_CHARS_MAX = 255;
const SHORT_TEXT_CHARS_MAX = 255;
/** A request may have 512 KB; what stands beside the details is below 20. */
const DETAILS_BYTES_MAX = 480_000;

/**
 * @param dedupKey The text of the template for it; empty or undefined: none is sent.
 */
export function pagerDutyBody(
  settings: PagerDutySettings,
  delivery: Delivery,
  dedupKey: string | undefined,
): PagerDutyBody {
  const { alert } = delivery;
  const { severity, source = alert.hostname || alert.source } = settings;
  return {
    routing_key: settings.routingKey,
    ...(dedupKey && { dedup_key: boundedKey(dedupKey) }),
    event_action: 'trigger',
    payload: {
      summary: summary(delivery),
      source: shortText(source),
      severity: severity === 'priority' ? SEVERITIES[alert.priority] : severity,
      // As Falcosidekick writes it: whole seconds.
      timestamp: alert.time.replace(/\.\d+/, ''),
      ...(settings.details === 'all' && { class: shortText(alert.rule) }),
      custom_details: fitting({ ...alert.fields, ...facts(settings, alert) }),
    },
  };
}

const SEVERITIES: Readonly<Record<Priority, Severity>> = {
  emergency: 'critical',
  alert: 'critical',
  critical: 'critical',
  error: 'error',
  warning: 'warning',
  notice: 'info',
  informational: 'info',
  debug: 'info',
};

/** Two keys that differ only beyond the limit must not become one. */
function boundedKey(text: string): string {
  const key = oneLine(text);
  return key.length > DEDUP_KEY_CHARS_MAX ? hash('sha256', key, 'hex') : key;
}

/** PagerDuty takes no empty summary. */
function summary({ alert, lateMs }: Delivery): string {
  const late = lateMs === undefined ? '' : `(late by ${ageText(lateMs)}) `;
  const text = oneLine(alert.output).trim() || oneLine(alert.rule);
  return truncate(late + text, SUMMARY_CHARS_MAX);
}

function shortText(text: string): string {
  return truncate(oneLine(text), SHORT_TEXT_CHARS_MAX);
}

/** They win over fields of the same name, which anybody can make. */
function facts({ details }: PagerDutySettings, alert: Alert): Details {
  const { uuid, rule, source, hostname, tags } = alert;
  return {
    ...(hostname !== '' && { hostname }),
    ...(details === 'all' && { uuid, rule, source, priority: priorityTitle(alert.priority) }),
    ...(details === 'all' && tags.length > 0 && { tags: tags.join(', ') }),
  };
}

/**
 * Lengths that texts are cut to until the details fit. An alert has at most 512 fields, with names of
 * 128 characters and numbers of 512 digits, so with the last they do.
 */
const TEXT_CHARS_MAX = [4096, 1024, 256, 64] as const;

function fitting(details: Details): Details {
  let cut = details;
  for (const charsMax of TEXT_CHARS_MAX) {
    cut = cutTexts(details, charsMax);
    if (Buffer.byteLength(JSON.stringify(cut)) <= DETAILS_BYTES_MAX) break;
  }
  return cut;
}

function cutTexts(details: Details, charsMax: number): Details {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [oneLine(name), cutText(value, charsMax)]),
  );
}

function cutText(value: FieldValue, charsMax: number): FieldValue {
  if (typeof value === 'string') return truncate(oneLine(value), charsMax);
  if (!Array.isArray(value)) return value;
  const list = (value as readonly string[]).map(oneLine);
  return JSON.stringify(list).length <= charsMax ? list : truncate(list.join(', '), charsMax);
}
