import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine, truncateBytes } from '../../src/output/format.ts';
import { below } from '../../src/output/http-url.ts';
import { fitted } from '../../src/output/rewrite.ts';
import { rendered } from '../../src/output/text-template.ts';
import type { PubSubSettings } from './settings.ts';

/** A request may have 10 MB (https://cloud.google.com/pubsub/quotas), of which base64 takes a quarter. */
const MESSAGE_BYTES_MAX = 6 * 1024 * 1024;
const ATTRIBUTE_BYTES_MAX = 1024;

export function publishUrl({ endpoint, project, topic }: PubSubSettings): string {
  return below(endpoint, `/v1/projects/${project}/topics/${topic}:publish`);
}

/** @see https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish */
export function publishBody(settings: PubSubSettings, deliveries: readonly Delivery[]): string {
  return JSON.stringify({ messages: deliveries.map((one) => messageOf(settings, one)) });
}

function messageOf({ attributes, orderingKey, format }: PubSubSettings, delivery: Delivery) {
  const text = fitted(delivery, MESSAGE_BYTES_MAX, (one) => alertDocument(one, format));
  const order = orderingKey === undefined ? '' : rendered(orderingKey, delivery.alert);
  return {
    data: Buffer.from(text).toString('base64'),
    attributes: attributesOf(attributes, delivery),
    ...(order !== '' && { orderingKey: truncateBytes(order, ATTRIBUTE_BYTES_MAX) }),
  };
}

/** What a subscription may filter by, and the key by which a reader knows a resend. */
function attributesOf(
  own: PubSubSettings['attributes'],
  { alert, key }: Delivery,
): Record<string, string> {
  const { priority, rule, source, uuid } = alert;
  const all = { ...own, priority, rule, source, uuid, delivery_key: key };
  return Object.fromEntries(
    Object.entries(all)
      .map(([name, value]) => [name, truncateBytes(oneLine(value), ATTRIBUTE_BYTES_MAX)] as const)
      .filter(([, value]) => value !== ''),
  );
}
