import type { Delivery } from '../../src/output/define.ts';
import type { KafkaRestSettings } from './settings.ts';

/** @see https://docs.confluent.io/platform/current/kafka-rest/api.html#post--topics-(string-topic_name) */
export function recordsOf(
  { key }: Pick<KafkaRestSettings, 'key'>,
  deliveries: readonly Delivery[],
): string {
  const records = deliveries.map((delivery) => ({
    ...(key !== 'none' && { key: base64(delivery.alert[key]) }),
    value: base64(delivery.json),
  }));
  return JSON.stringify({ records });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
