import { Type } from 'typebox';
import { goJson } from '../json.ts';
import type { Delivery } from './define.ts';
import { ecsMembers } from './ecs.ts';
import { detectionFinding } from './ocsf.ts';

/** An alert as one JSON document, in the schema that its reader wants: the setting `format`. */

export const ALERT_FORMATS = ['falco', 'ecs', 'ocsf'] as const;
export type AlertFormat = (typeof ALERT_FORMATS)[number];

/** For outputs that have more formats than these. */
export const FORMATS_TEXT =
  'falco: the alert as Falcosidekick writes it. ecs: the Elastic Common Schema, with the whole alert under `falco`. ocsf: a Detection Finding of OCSF 1.5.0, with all fields of the alert under `unmapped`.';

export const alertFormat = Type.Enum([...ALERT_FORMATS], {
  description: FORMATS_TEXT,
  default: 'falco',
});

/** One line, with every digit of every number. */
export function alertDocument(delivery: Delivery, format: AlertFormat): string {
  if (format === 'falco') return delivery.json;
  const { alert, json } = delivery;
  if (format === 'ocsf') return goJson(detectionFinding(alert));
  const members = goJson(ecsMembers(alert)).slice(1, -1);
  return `{"@timestamp":"${alert.time}",${members},"falco":${json}}`;
}

/** One alert a line, each line ended: NDJSON. */
export function documentLines(deliveries: readonly Delivery[], format: AlertFormat): string {
  return deliveries.map((delivery) => `${alertDocument(delivery, format)}\n`).join('');
}
