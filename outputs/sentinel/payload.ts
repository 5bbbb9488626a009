import { type Alert, priorityTitle } from '../../src/alert.ts';
import { goJson } from '../../src/json.ts';
import type { Delivery } from '../../src/output/define.ts';
import { fitted, isOlderThan, markedLate } from '../../src/output/rewrite.ts';

const HOUR_MS = 3_600_000;
/** Azure Monitor files what is older than two days under the time of arrival, and says nothing. */
const AGE_MS_MAX = 47 * HOUR_MS;

/** A value may have 64 KB, and what is longer is cut. */
const RECORD_BYTES_MAX = 60_000;

/** An array of records, whose members are the columns of the table. */
export function records(deliveries: readonly Delivery[], nowMs: number): string {
  const all = deliveries.map((delivery) => {
    const isLate = isOlderThan(delivery, AGE_MS_MAX, nowMs);
    const one = isLate ? markedLate(delivery) : delivery;
    return fitted(one, RECORD_BYTES_MAX, ({ alert }) => recordOf(alert, isLate));
  });
  return `[${all.join(',')}]`;
}

function recordOf(alert: Alert, isLate: boolean): string {
  const { uuid, time, rule, source, hostname, output, tags, fields } = alert;
  return goJson({
    ...(!isLate && { TimeGenerated: time }),
    AlertTime: time,
    Uuid: uuid,
    Rule: rule,
    Priority: priorityTitle(alert.priority),
    Source: source,
    Hostname: hostname,
    Output: output,
    Tags: tags,
    OutputFields: fields,
  });
}
