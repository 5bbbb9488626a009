import { type Alert, priorityTitle } from '../../src/alert.ts';
import { fromPriority } from '../../src/output/by-priority.ts';
import { droppedEvents, isDropCount } from '../../src/output/dropped-events.ts';
import { textOrNumber } from '../../src/output/fields.ts';
import { oneLine } from '../../src/output/format.ts';
import type { AlertmanagerSettings } from './settings.ts';

export type Texts = Readonly<Record<string, string>>;
/** Undefined where a value is no text. */
type NamedText = readonly [name: string, text: string | undefined];

/** The labels of an alert, which are what it is to Alertmanager; those of the alert itself win. */
export function labelsOf(settings: AlertmanagerSettings, alert: Alert): Texts {
  const { counts, priority } = droppedEvents(settings, alert);
  const { hostname, tags, rule } = alert;
  return {
    ...named([...fieldTexts(settings, alert), ...Object.entries(counts)]),
    ...(isOwnIdentity(settings) && { uuid: alert.uuid }),
    source: settings.source,
    rule: oneLine(rule),
    alertname: oneLine(rule),
    eventsource: oneLine(alert.source),
    ...(hostname !== '' && { hostname: oneLine(hostname) }),
    ...(tags.length > 0 && { tags: oneLine(tags.join(',')) }),
    priority: priorityTitle(priority),
    severity: settings.severities[priority] ?? SEVERITIES[priority],
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
  return labelFields === undefined || labelFields.includes(name) || isDropCount(name);
}

/** How many events Falco saw: it would make each of its alerts about dropped events another one. */
const EVENTS = 'n_evts';

function fieldTexts(settings: AlertmanagerSettings, { fields }: Alert): NamedText[] {
  return Object.entries(fields)
    .filter(([name]) => isLabel(settings, name) && !isDropCount(name) && !name.startsWith(EVENTS))
    .map(([name, value]) => [name, textOrNumber(value)]);
}

/** Under names that every Alertmanager takes, each text on one line; what has none is left out. */
export function named(texts: readonly NamedText[]): Texts {
  const entries = texts.flatMap(([name, text]) => {
    const label = labelNameOf(name);
    return text === undefined || label === '' ? [] : [[label, oneLine(text)] as const];
  });
  return Object.fromEntries(entries);
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
