import { type Static, type TProperties, Type } from 'typebox';
import { checkHeaderValue, checkHttpUrl, type Mistake } from './check.ts';
import type { Delivery } from './define.ts';
import { oneLine, truncate } from './format.ts';
import { isOlderThan, markedLate } from './rewrite.ts';
import { secret, textLike } from './settings.ts';
import { epochMs } from './time.ts';

/** What Datadog's events and logs have in common. */

export const datadogSettings = {
  apiKey: secret({
    description: 'API key of the organisation; not an application key.',
    minLength: 1,
  }),
  site: textLike(
    'Site of the organisation: `datadoghq.com`, `us3.datadoghq.com`, `us5.datadoghq.com`, `datadoghq.eu`, `ap1.datadoghq.com`, `ap2.datadoghq.com`, `ddog-gov.com`.',
    '^[a-z0-9]([a-z0-9.-]{0,100}[a-z0-9])?$',
    'datadoghq.com',
  ),
  url: Type.Optional(
    Type.String({ description: 'Whole URL of another intake, instead of a site.' }),
  ),
  metadata: Type.Enum(['alert', 'none'], {
    description:
      'alert: Datadog files alerts under their own time and severity. none: under the time at which they arrive.',
    default: 'alert',
  }),
} satisfies TProperties;

const common = Type.Object(datadogSettings);
type DatadogSettings = Static<typeof common>;

export function datadogMistakes({ apiKey, url }: DatadogSettings): Mistake[] {
  return [...checkHttpUrl('url', url), ...checkHeaderValue('apiKey', apiKey)];
}

/** @see https://docs.datadoghq.com/api/latest/authentication/ */
export function datadogHeaders({ apiKey }: DatadogSettings): Record<string, string> {
  return { 'content-type': 'application/json', 'dd-api-key': apiKey };
}

const HOUR_MS = 3_600_000;

/** Datadog drops what is older. */
const DATADOG_AGE_MS_MAX = 18 * HOUR_MS;

/** @see https://docs.datadoghq.com/getting_started/tagging/ */
const TAG_CHARS_MAX = 200;

/** One tag: a comma would begin another. */
export function datadogTag(text: string): string {
  return truncate(oneLine(text).replaceAll(',', '_'), TAG_CHARS_MAX);
}

/** An alert as it is to be sent, and the time under which it is filed; absent: that of its arrival. */
export interface Filed {
  readonly delivery: Delivery;
  readonly timeMs?: number;
}

/** What Datadog would drop for its age is sent without its time, and marked. */
export function filed(
  delivery: Delivery,
  { metadata }: Pick<DatadogSettings, 'metadata'>,
  nowMs: number,
): Filed {
  const isTooOld = isOlderThan(delivery, DATADOG_AGE_MS_MAX, nowMs);
  if (metadata === 'alert') {
    if (isTooOld) return { delivery: markedLate(delivery) };
    return { delivery, timeMs: epochMs(delivery.alert.time) };
  }
  return { delivery: delivery.lateMs === undefined ? delivery : markedLate(delivery) };
}
