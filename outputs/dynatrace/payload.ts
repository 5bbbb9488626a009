import type { Alert, Priority } from '../../src/alert.ts';
import { goJson } from '../../src/json.ts';
import { tacticsIn, techniquesIn } from '../../src/attack.ts';
import type { Delivery } from '../../src/output/define.ts';
import { truncate } from '../../src/output/format.ts';
import { type Place, text } from '../../src/output/places.ts';
import { fitted, isOlderThan, markedLate } from '../../src/output/rewrite.ts';

const HOUR_MS = 3_600_000;
/** Dynatrace drops what is older than 24 hours. */
const AGE_MS_MAX = 23 * HOUR_MS;

/** The content of a log has 65,536 bytes, and the whole is not longer than twice that. */
const LOG_BYTES_MAX = 60_000;
const ATTRIBUTE_CHARS_MAX = 250;

/** An array of logs. Without a time a log is filed under that of its arrival. */
export function logsBody(deliveries: readonly Delivery[], nowMs: number): string {
  const logs = deliveries.map((delivery) => {
    const isLate = isOlderThan(delivery, AGE_MS_MAX, nowMs);
    const one = isLate ? markedLate(delivery) : delivery;
    return fitted(one, LOG_BYTES_MAX, ({ alert }) => logOf(alert, isLate));
  });
  return `[${logs.join(',')}]`;
}

function logOf(alert: Alert, isLate: boolean): string {
  const { uuid, rule, source, hostname, priority, output, tags, fields, time } = alert;
  const [technique] = techniquesIn(tags).toReversed();
  const [tactic] = tacticsIn(tags).toReversed();
  return goJson({
    ...(!isLate && { timestamp: time }),
    'event.id': uuid,
    'event.name': truncate(rule, ATTRIBUTE_CHARS_MAX),
    'event.provider': 'Falco',
    severity: SEVERITIES[priority],
    'log.source': truncate(source, ATTRIBUTE_CHARS_MAX),
    ...(hostname !== '' && { 'host.name': truncate(hostname, ATTRIBUTE_CHARS_MAX) }),
    ...(technique && { 'mitre.technique': technique.sub?.uid ?? technique.uid }),
    ...(tactic && { 'mitre.tactic': tactic.name ?? tactic.uid }),
    ...attributesOf(fields),
    content: { output, output_fields: fields, tags, ...(isLate && { time }) },
  });
}

/** Of those that Dynatrace knows. */
const SEVERITIES: Readonly<Record<Priority, string>> = {
  emergency: 'EMERGENCY',
  alert: 'ALERT',
  critical: 'CRITICAL',
  error: 'ERROR',
  warning: 'WARN',
  notice: 'NOTICE',
  informational: 'INFO',
  debug: 'DEBUG',
};

/** Names with dots are names here, not paths. Of two for one, the first that is there. */
const ATTRIBUTES: readonly Place[] = [
  ['container.id', 'container.id', text],
  ['container.name', 'container.name', text],
  ['container.image.repository', 'container.image.name', text],
  ['k8s.ns.name', 'k8s.namespace.name', text],
  ['ka.target.namespace', 'k8s.namespace.name', text],
  ['k8s.pod.name', 'k8s.pod.name', text],
  ['k8s.pod.uid', 'k8s.pod.uid', text],
  ['k8s.pod.id', 'k8s.pod.uid', text],
  ['proc.name', 'process.executable.name', text],
  ['span.id', 'span.id', text],
];

function attributesOf(fields: Alert['fields']): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [field, name, kind] of ATTRIBUTES) {
    const value = Object.hasOwn(fields, field) ? kind(fields[field]) : undefined;
    if (typeof value === 'string') attributes[name] ??= truncate(value, ATTRIBUTE_CHARS_MAX);
  }
  return attributes;
}
