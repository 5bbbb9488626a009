import { type Alert, priorityTitle } from '../../src/alert.ts';
import { boundedSets } from '../../src/output/bounded-sets.ts';
import { fieldText } from '../../src/output/fields.ts';
import { oneLine, truncateBytes } from '../../src/output/format.ts';
import type { Labels } from '../../src/output/loki/streams.ts';

/** Loki's own limit (`max_label_names_per_series`). */
export const LABELS_MAX = 15;

/** Loki's own limit (`max_label_value_length`). */
const VALUE_BYTES_MAX = 2048;

/** The labels that are asked for, as far as the alert has them. */
export function labelsOf(alert: Alert, wanted: readonly string[]): Labels {
  const labels = wanted
    .map((name) => [labelName(name), valueOf(alert, name)] as const)
    .filter(([, value]) => value !== '');
  return labels.length === 0
    ? { priority: valueOf(alert, 'priority') }
    : Object.fromEntries(labels);
}

/** As Falcosidekick writes it: `k8s.ns.name` is `k8s_ns_name`, `proc.aname[2]` is `proc_aname2`. */
export function labelName(name: string): string {
  const plain = name.replaceAll(/[[\]]/g, '').replaceAll(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}

function valueOf(alert: Alert, name: string): string {
  const value = FACTS.get(name)?.(alert) ?? fieldText(alert, name) ?? '';
  return truncateBytes(oneLine(value).trim(), VALUE_BYTES_MAX);
}

const FACTS: ReadonlyMap<string, (alert: Alert) => string> = new Map([
  ['rule', ({ rule }) => rule],
  ['priority', ({ priority }) => priorityTitle(priority)],
  ['source', ({ source }) => source],
  ['hostname', ({ hostname }) => hostname],
  ['tags', ({ tags }) => tags.join(',')],
]);

/**
 * Lets so many different sets of labels through within an hour: past its own limit Loki would refuse
 * everybody's.
 */
export function boundedLabels(
  setsMax: number,
): (labels: Labels, alert: Alert, nowMs: number) => Labels {
  const bounded = boundedSets(setsMax);
  return (labels, alert, nowMs) => {
    const overflow = { priority: priorityTitle(alert.priority), overflow: 'true' };
    return bounded(labels, overflow, nowMs);
  };
}
