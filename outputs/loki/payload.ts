import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine, truncateBytes } from '../../src/output/format.ts';
import { fitted } from '../../src/output/rewrite.ts';
import type { LokiSettings } from './settings.ts';

/** Loki's own limit (`max_line_size`). */
const LINE_BYTES_MAX = 256 * 1024;

/** @param isLate Whether the line stands under another time than the alert's: then it says which. */
export function lineOf(
  delivery: Delivery,
  { format }: Pick<LokiSettings, 'format'>,
  isLate: boolean,
): string {
  if (format !== 'text') {
    return fitted(delivery, LINE_BYTES_MAX, (one) => alertDocument(one, format));
  }
  const { time, output, rule } = delivery.alert;
  const text = oneLine(output).trim() || oneLine(rule);
  return truncateBytes(isLate ? `${time} ${text}` : text, LINE_BYTES_MAX);
}
