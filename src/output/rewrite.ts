import type { Alert, FieldValue } from '../alert.ts';
import { alertToJson } from '../json.ts';
import type { Delivery } from './define.ts';
import { truncate } from './format.ts';
import { epochMs } from './time.ts';

/** A delivery whose alert says more, or less, than it did: its key stays, for it is the same alert. */
export function withAlert(delivery: Delivery, alert: Alert): Delivery {
  const { ingest, key, receivedAtMs, lateMs } = delivery;
  const { priority } = alert;
  const json = alertToJson(alert);
  return {
    alert,
    priority,
    ingest,
    json,
    key,
    receivedAtMs,
    ...(lateMs !== undefined && { lateMs }),
  };
}

/** The tag by which readers find what stands under another time than its own. */
export const LATE_TAG = 'late';

/**
 * Log stores refuse what is too old, or drop it without a word. After an outage that would be every
 * alert that waited: so it is sent with the present time, or with none, its own stays in the line,
 * and a tag says so.
 */
export function markedLate(delivery: Delivery): Delivery {
  const { alert } = delivery;
  const tags = [...new Set([...alert.tags, LATE_TAG])].sort();
  return withAlert(delivery, { ...alert, tags });
}

/** Whether the alert's own time lies further back than a log store takes. */
export function isOlderThan({ alert }: Delivery, ageMaxMs: number, nowMs: number): boolean {
  return nowMs - epochMs(alert.time) > ageMaxMs;
}

/** Lengths that texts are cut to until the whole fits. */
const TEXT_CHARS_MAX = [4096, 1024, 256, 64] as const;

/**
 * What `write` makes of a delivery, in at most `bytesMax` bytes: where it would be longer, texts of
 * the alert are cut, and where that is not enough, its fields are counted instead.
 *
 * @param bytesMax Room for an alert without fields, of which all texts have 64 characters.
 */
export function fitted(
  delivery: Delivery,
  bytesMax: number,
  write: (delivery: Delivery) => string,
): string {
  let text = write(delivery);
  for (const charsMax of TEXT_CHARS_MAX) {
    if (Buffer.byteLength(text) <= bytesMax) return text;
    text = write(withAlert(delivery, shortened(delivery.alert, charsMax)));
  }
  if (Buffer.byteLength(text) <= bytesMax) return text;
  const { alert } = delivery;
  const fields = { '…': `${Object.keys(alert.fields).length} fields are left out` };
  return write(withAlert(delivery, { ...shortened(alert, 64), fields }));
}

function shortened(alert: Alert, charsMax: number): Alert {
  const fields = Object.entries(alert.fields).map(([name, value]): [string, FieldValue] => [
    name,
    shortenedValue(value, charsMax),
  ]);
  return {
    ...alert,
    output: truncate(alert.output, charsMax),
    tags: alert.tags.map((tag) => truncate(tag, charsMax)),
    fields: Object.fromEntries(fields),
  };
}

function shortenedValue(value: FieldValue, charsMax: number): FieldValue {
  if (typeof value === 'string') return truncate(value, charsMax);
  if (!Array.isArray(value)) return value;
  const texts = (value as readonly string[]).join(', ');
  return texts.length <= charsMax ? value : truncate(texts, charsMax);
}
