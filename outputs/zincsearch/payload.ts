import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { withMember } from '../../src/output/log-push.ts';
import { fitted } from '../../src/output/rewrite.ts';
import type { ZincSearchSettings } from './settings.ts';

/** A line may have 1 MB (`ZINC_MAX_DOCUMENT_SIZE`). */
const LINE_BYTES_MAX = 900_000;

/** Two lines for each alert. `index` with an `_id` writes the same document again, and no other. */
export function bulkLines(
  deliveries: readonly Delivery[],
  { index, format }: Pick<ZincSearchSettings, 'index' | 'format'>,
): string {
  return deliveries
    .map((delivery) => {
      const action = JSON.stringify({ index: { _index: index, _id: delivery.key } });
      const line = fitted(delivery, LINE_BYTES_MAX, (one) => documentOf(one, format));
      return `${action}\n${line}\n`;
    })
    .join('');
}

function documentOf(delivery: Delivery, format: ZincSearchSettings['format']): string {
  const document = alertDocument(delivery, format);
  // That of ECS has it.
  return format === 'ecs' ? document : withMember('@timestamp', delivery.alert.time, document);
}
