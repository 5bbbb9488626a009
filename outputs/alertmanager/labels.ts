import { type Alert, isAtLeast, type Priority, priorityTitle } from '../../src/alert.ts';
import { fromPriority } from '../../src/output/by-priority.ts';
import { textOrNumber } from '../../src/output/fields.ts';
import { oneLine } from '../../src/output/format.ts';
import type { AlertmanagerSettings } from './settings.ts';

type Texts = Readonly<Record<string, string>>;

/** The labels of an alert, which are what it is to Alertmanager; those of the alert itself win. */
export function labelsOf(settings: AlertmanagerSettings, alert: Alert): Texts {
  const fields = fieldLabels(settings, alert);
  const { hostname, tags, rule } = alert;
  return {
    ...fields.labels,
    ...(isOwnIdentity(settings) && { uuid: alert.uuid }),
    source: settings.source,
    rule: oneLine(rule),
    alertname: oneLine(rule),
    eventsource: oneLine(alert.source),
    ...(hostname !== '' && { hostname: oneLine(hostname) }),
    ...(tags.length > 0 && { tags: oneLine(tags.join(',')) }),
    priority: priorityTitle(fields.priority),
    severity: settings.severities[fields.priority] ?? SEVERITIES[fields.priority],
    ...settings.labels,
  };
}

const SEVERITIES = fromPriority({ debug: 'information', warning: 'warning', critical: 'critical' });

/** Whether each alert is one of its own, not one with all that have the same labels. */
export function isOwnIdentity({ format, labelFields }: AlertmanagerSettings): boolean {
  return format === 'tocsin' && labelFields === undefined;
}

/** Whether a field is one of the labels, not of the annotations. */
export function isLabel({ labelFields }: AlertmanagerSettings, name: string): boolean {
  return labelFields === undefined || labelFields.includes(name) || name.startsWith(DROPS);
}

/** Falco's counters in its alerts about events that it missed. */
const DROPS = 'n_drop';
const EVENTS = 'n_evts';

function fieldLabels(
  settings: AlertmanagerSettings,
  alert: Alert,
): { readonly labels: Texts; readonly priority: Priority } {
  const labels: Record<string, string> = {};
  let { priority } = alert;
  for (const [name, value] of Object.entries(alert.fields)) {
    const text = textOrNumber(value);
    if (text === undefined || name.startsWith(EVENTS) || !isLabel(settings, name)) continue;
    const drop = name.startsWith(DROPS)
      ? dropOf(settings, oneLine(text))
      : { label: oneLine(text) };
    const label = labelNameOf(name);
    if (drop === undefined || label === '') continue;
    labels[label] = drop.label;
    if (drop.priority !== undefined) priority = moreSevere(priority, drop.priority);
  }
  return { labels, priority };
}

interface Drop {
  readonly label: string;
  readonly priority?: Priority;
}

/** A count as Go's `ParseInt` takes it; undefined for anything else. */
function dropOf(
  { dropThresholds, dropPriority }: AlertmanagerSettings,
  text: string,
): Drop | undefined {
  if (!/^[+-]?\d{1,19}$/.test(text)) return undefined;
  const count = BigInt(text.replace('+', ''));
  if (count === 0n) return { label: '0', priority: 'warning' };
  const hit = dropThresholds
    .toSorted((a, b) => b.above - a.above)
    .find(({ above }) => count > BigInt(above));
  return hit === undefined
    ? { label: text, priority: dropPriority }
    : { label: `>${hit.above}`, priority: hit.priority };
}

function moreSevere(one: Priority, other: Priority): Priority {
  return isAtLeast(one, other) ? one : other;
}

/**
 * The name of a field as a name that every Alertmanager takes: `json.value[/user]` is
 * `json_value_user`.
 */
export function labelNameOf(name: string): string {
  const plain = name
    .replaceAll(/[^a-zA-Z0-9_]/gu, '_')
    .replaceAll('__', '_')
    .replaceAll(/^_+|_+$/g, '');
  return /^\d/.test(plain) ? `_${plain}` : plain;
}
