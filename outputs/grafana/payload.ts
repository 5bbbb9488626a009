import { type Alert, priorityTitle } from '../../src/alert.ts';
import { fittingFields } from '../../src/output/fields.ts';
import { oneLine, truncate } from '../../src/output/format.ts';
import { epochMs } from '../../src/output/time.ts';
import type { GrafanaSettings } from './settings.ts';

/** A tag is stored in two parts, at a colon, of 100 characters each. */
const TAG_CHARS_MAX = 100;
const TAGS_MAX = 100;
const FIELDS_CHARS_MAX = 10_000;
const TEXT_CHARS_MAX = 4000;

/** @see https://grafana.com/docs/grafana/latest/developers/http_api/annotations/#create-annotation */
export function annotation(
  { dashboardId, dashboardUid, panelId, tagFields }: Omit<GrafanaSettings, 'url' | 'token'>,
  alert: Alert,
): object {
  const time = epochMs(alert.time);
  return {
    ...(dashboardId !== undefined && { dashboardId }),
    ...(dashboardUid !== undefined && { dashboardUID: dashboardUid }),
    ...(panelId !== undefined && { panelId }),
    time,
    timeEnd: time,
    tags: tagsOf(alert, tagFields),
    text: escapeHtml(truncate(alert.output, TEXT_CHARS_MAX)),
  };
}

function tagsOf(alert: Alert, tagFields: boolean): string[] {
  const { rule, source, hostname, priority, tags, fields } = alert;
  const values = tagFields ? fittingFields(fields, FIELDS_CHARS_MAX).map(({ value }) => value) : [];
  const all = [
    'falco',
    priorityTitle(priority),
    rule,
    source,
    hostname,
    ...(tagFields ? [...values, ...tags] : []),
  ];
  const shown = all.map((tag) => truncate(oneLine(tag).trim(), TAG_CHARS_MAX));
  return [...new Set(shown)].filter((tag) => tag !== '').slice(0, TAGS_MAX);
}

/** Grafana shows the text as HTML, in which it lets links and pictures stand. */
function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
