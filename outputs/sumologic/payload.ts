import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { fitted } from '../../src/output/rewrite.ts';
import type { SumoLogicSettings } from './settings.ts';

/** Sumo Logic splits what is longer than 64 KB, and each half is no JSON. */
const LINE_BYTES_MAX = 64_000;

/** One alert a line. */
export function logLines(
  deliveries: readonly Delivery[],
  { format }: Pick<SumoLogicSettings, 'format'>,
): string {
  return deliveries
    .map((delivery) => fitted(delivery, LINE_BYTES_MAX, (one) => alertDocument(one, format)))
    .join('\n');
}
