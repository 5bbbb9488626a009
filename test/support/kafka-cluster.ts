import { randomUUID } from 'node:crypto';
import type { Admin, ITopicConfig } from 'kafkajs';
import { Kafka } from '../../src/output/kafka/client.ts';
import type { ServiceValues } from '../services/service.ts';
import { eventually } from './eventually.ts';
import type { Lifetime } from './hub-process.ts';

/** What a test does with a real cluster beside sending alerts to it. */
export interface KafkaCluster {
  readonly admin: Admin;
  /** Makes a topic of its own and returns its name. */
  createTopic(
    options?: Partial<ITopicConfig>,
    config?: Readonly<Record<string, string>>,
  ): Promise<string>;
  /** How many records a topic has. */
  length(topic: string): Promise<number>;
  /** Every record of a topic, as far as it goes now. */
  read(topic: string): Promise<ReadRecord[]>;
}

export interface ReadRecord {
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function connectCluster(
  lifetime: Lifetime,
  { KAFKA_BROKERS = '' }: ServiceValues,
): Promise<KafkaCluster> {
  const kafka = new Kafka({ brokers: KAFKA_BROKERS.split(','), logCreator: () => () => {} });
  const admin = kafka.admin();
  await admin.connect();
  lifetime.after(() => admin.disconnect());
  let count = 0;

  /** Each broker learns of topics and leaders in its own time, and kafkajs asks any. */
  async function length(topic: string): Promise<number> {
    let sum = 0;
    await eventually('the brokers know the topic', async () => {
      const offsets = await admin.fetchTopicOffsets(topic).catch(() => undefined);
      sum = offsets?.reduce((sum, { high }) => sum + Number(high), 0) ?? 0;
      return offsets !== undefined;
    });
    return sum;
  }

  return {
    admin,
    length,
    async createTopic(options = {}, config = {}) {
      const topic = `alerts-${(count += 1)}`;
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
      const topics = [{ topic, ...options, configEntries }];
      await admin.createTopics({ topics, waitForLeaders: false });
      await length(topic);
      return topic;
    },
    async read(topic) {
      const expected = await length(topic);
      // By place, since a consumer may begin again.
      const records = new Map<string, ReadRecord>();
      // Without a short wait it takes five seconds to end.
      const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}`, maxWaitTimeInMs: 50 });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ partition, message: { offset, key, value, headers = {} } }) => {
          const texts = Object.entries(headers).map(([name, text]) => [name, String(text)]);
          records.set(`${partition}/${offset}`, {
            key: key?.toString() ?? null,
            value: value?.toString() ?? '',
            headers: Object.fromEntries(texts) as Record<string, string>,
          });
        },
      });
      await eventually('every record is read', () => records.size >= expected);
      await consumer.disconnect();
      return [...records.values()];
    },
  };
}
