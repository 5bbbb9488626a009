import { createHmac } from 'node:crypto';
import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine, truncateBytes } from '../../src/output/format.ts';
import { fitted } from '../../src/output/rewrite.ts';
import type { EventHubSettings } from './settings.ts';

/** A request may have 1 MB; in the Basic tier 256 KB, where larger alerts are refused. */
const EVENT_BYTES_MAX = 950_000;
const PROPERTY_BYTES_MAX = 1024;

/** @see https://learn.microsoft.com/rest/api/eventhub/send-batch-events */
export function eventsBody(
  { format }: Pick<EventHubSettings, 'format'>,
  deliveries: readonly Delivery[],
): string {
  const events = deliveries.map((delivery) => {
    const properties = JSON.stringify(propertiesOf(delivery));
    const body = fitted(delivery, EVENT_BYTES_MAX, (one) =>
      JSON.stringify(alertDocument(one, format)),
    );
    return `{"Body":${body},"UserProperties":${properties}}`;
  });
  return `[${events.join(',')}]`;
}

/** What readers may choose by, and the key by which they know a resend. */
function propertiesOf({ alert, key }: Delivery): Record<string, string> {
  const { priority, rule, source, uuid } = alert;
  return { priority, rule: text(rule), source: text(source), uuid, delivery_key: key };
}

function text(value: string): string {
  return truncateBytes(oneLine(value), PROPERTY_BYTES_MAX);
}

/**
 * The value of `Authorization` by a shared access policy.
 *
 * @param expiresAt Seconds since 1970.
 * @see https://learn.microsoft.com/rest/api/eventhub/generate-sas-token
 */
export function sharedAccessSignature(
  url: string,
  { keyName, key }: { readonly keyName: string; readonly key: string },
  expiresAt: number,
): string {
  const resource = encodeURIComponent(url);
  const signature = createHmac('sha256', key).update(`${resource}\n${expiresAt}`).digest('base64');
  const parts = [
    `sr=${resource}`,
    `sig=${encodeURIComponent(signature)}`,
    `se=${expiresAt}`,
    `skn=${encodeURIComponent(keyName)}`,
  ];
  return `SharedAccessSignature ${parts.join('&')}`;
}
