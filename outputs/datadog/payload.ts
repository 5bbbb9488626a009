import { type Alert, isAtLeast } from '../../src/alert.ts';
import { fromPriority } from '../../src/output/by-priority.ts';
import { datadogTag, filed } from '../../src/output/datadog.ts';
import type { Delivery } from '../../src/output/define.ts';
import { stringFields } from '../../src/output/fields.ts';
import { oneLine, truncate } from '../../src/output/format.ts';
import { LATE_TAG } from '../../src/output/rewrite.ts';
import type { DatadogSettings } from './settings.ts';

/** Datadog's own limits. */
const TITLE_CHARS_MAX = 500;
const TEXT_CHARS_MAX = 4000;
const TAGS_MAX = 100;

export interface DatadogEvent {
  readonly title: string;
  readonly text: string;
  readonly alert_type: 'error' | 'warning' | 'info';
  readonly source_type_name: 'falco';
  readonly tags: readonly string[];
  /** Seconds since 1970. */
  readonly date_happened?: number;
  readonly host?: string;
  readonly priority?: 'normal' | 'low';
  readonly aggregation_key?: string;
}

/**
 * An alert as an event; keys and tags are Falcosidekick's.
 *
 * @see https://docs.datadoghq.com/api/latest/events/#post-an-event
 */
export function datadogEvent(
  settings: DatadogSettings,
  original: Delivery,
  nowMs: number,
): DatadogEvent {
  const { delivery, timeMs } = filed(original, settings, nowMs);
  const { alert, key } = delivery;
  const { rule, output, hostname, priority, tags, time } = alert;
  const late = tags.includes(LATE_TAG) && timeMs === undefined ? `${time} ` : '';
  return {
    title: truncate(plain(rule), TITLE_CHARS_MAX),
    text: truncate(late + (plain(output).trim() || plain(rule)), TEXT_CHARS_MAX),
    alert_type: ALERT_TYPES[priority],
    source_type_name: 'falco',
    tags: tagsOf(alert),
    ...(settings.metadata === 'alert' && {
      ...(timeMs !== undefined && { date_happened: Math.floor(timeMs / 1000) }),
      ...(hostname !== '' && { host: oneLine(hostname) }),
      priority: isAtLeast(priority, 'notice') ? 'normal' : 'low',
      // Datadog shows events of one key as one: a resend is no second.
      aggregation_key: key,
    }),
  };
}

const ALERT_TYPES = fromPriority({ debug: 'info', warning: 'warning', error: 'error' });

/** Without what Datadog takes for Markdown (`%%%`) or for somebody to notify (`@slack-soc`). */
function plain(text: string): string {
  return oneLine(text)
    .replaceAll('%%%', '%\u200b%\u200b%')
    .replaceAll(/@(?=\w)/g, '@\u200b');
}

/** Of too many, fields are left out before the rest. */
function tagsOf(alert: Alert): string[] {
  const { source, hostname, tags } = alert;
  const own = [
    `source:${source}`,
    'source:falco',
    ...(hostname === '' ? [] : [`hostname:${hostname}`]),
    ...tags,
  ];
  const fields = stringFields(alert).map(({ title, value }) => `${title}:${value}`);
  return [...fields.slice(0, TAGS_MAX - own.length), ...own].map(datadogTag);
}
