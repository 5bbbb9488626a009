import { fromPriority } from '../../src/output/by-priority.ts';
import type { Delivery } from '../../src/output/define.ts';
import { boundedTexts } from '../../src/output/details.ts';
import { oneLine, truncate } from '../../src/output/format.ts';
import { subjectOf } from './subject.ts';

/**
 * A result of a report.
 *
 * @see https://github.com/kubernetes-sigs/wg-policy-prototypes `PolicyReportResult`, v1alpha2
 */
export interface ReportResult {
  readonly source: string;
  readonly policy: string;
  readonly rule: string;
  readonly category: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low' | 'info';
  readonly result: 'fail' | 'warn' | 'skip' | 'pass' | 'error';
  readonly message: string;
  readonly timestamp: { readonly seconds: number; readonly nanos: number };
  readonly properties: Readonly<Record<string, string>>;
  readonly resources?: readonly object[];
}

/** Ours: a thousand results must fit into one object of etcd's. */
const RULE_CHARS_MAX = 256;
const MESSAGE_CHARS_MAX = 2000;
const PROPERTIES_CHARS_MAX = 4000;
const PROPERTY_CHARS_MAX = 500;
/** Of NIST SP 800-53, as Falcosidekick has it. */
const CATEGORY = 'SI - System and Information Integrity';
/** By this property a result is known that is there already. */
export const KEY_PROPERTY = 'tocsin.key';

export function reportResult({ alert, key }: Delivery): ReportResult {
  const { priority, rule, source, output, fields, uuid } = alert;
  const subject = subjectOf(alert);
  return {
    source: 'Falco',
    policy: text(source, RULE_CHARS_MAX),
    rule: text(rule, RULE_CHARS_MAX),
    category: CATEGORY,
    severity: SEVERITIES[priority],
    result: RESULTS[priority],
    message: text(output, MESSAGE_CHARS_MAX),
    timestamp: timestampOf(alert.time),
    properties: {
      ...boundedTexts(fields, PROPERTIES_CHARS_MAX, PROPERTY_CHARS_MAX),
      'tocsin.uuid': uuid,
      [KEY_PROPERTY]: key,
    },
    ...(subject && { resources: [subject] }),
  };
}

function text(value: string, charsMax: number): string {
  return truncate(oneLine(value), charsMax);
}

const SEVERITIES = fromPriority({
  debug: 'info',
  notice: 'low',
  warning: 'medium',
  error: 'high',
  critical: 'critical',
});

const RESULTS = fromPriority({ debug: 'skip', warning: 'warn', error: 'fail' });

/** Falcosidekick writes the seconds of the minute. */
function timestampOf(time: string): ReportResult['timestamp'] {
  const [, digits = ''] = /\.(\d{1,9})/.exec(time) ?? [];
  return { seconds: Math.floor(Date.parse(time) / 1000), nanos: Number(digits.padEnd(9, '0')) };
}
