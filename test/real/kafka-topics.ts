import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { alertWith, deliveryOf } from '../contract/alerts.ts';
import { verdictOf } from '../contract/attempt.ts';
import { eventually } from '../support/eventually.ts';
import type { KafkaCluster } from '../support/kafka-cluster.ts';
import { assertArrived, deliver, deliveries, send } from '../support/kafka-delivery.ts';
import { type KafkaRaw, openKafka } from '../support/kafka-output.ts';

export interface Topics {
  readonly cluster: KafkaCluster;
  /** What leads there without TLS. */
  readonly plain: KafkaRaw;
}

/** Topics that are missing, made, changed and moved under the output. */
export async function topicsChange(t: TestContext, { cluster, plain }: Topics): Promise<void> {
  await t.test('a topic that is missing is waited for', async (t) => {
    const topic = 'late';
    const connection = await openKafka(t, { ...plain, topic });
    const result = await send(connection, deliveries);
    assert.equal(verdictOf(result), 'retry/client');
    assert.match((result as { detail: string }).detail, /create it, or set createTopic/);
    await cluster.admin.createTopics({ topics: [{ topic }] });
    await deliver(connection, deliveries);
    await assertArrived(cluster, topic, deliveries);
  });

  await t.test('a topic is created where that is allowed', async (t) => {
    const connection = await openKafka(t, { ...plain, topic: 'new', createTopic: true });
    await deliver(connection, deliveries);
    await assertArrived(cluster, 'new', deliveries);
  });

  await t.test(
    'of a batch that is too large only what is too large itself is refused',
    async (t) => {
      const topic = await cluster.createTopic({}, { 'max.message.bytes': '20000' });
      const connection = await openKafka(t, { ...plain, topic });
      const large = deliveryOf(alertWith({ output: 'x'.repeat(20_000) }));
      const batch = [...deliveries.slice(0, 60), large, ...deliveries.slice(60)];
      const result = await send(connection, batch);
      assert.equal(result.outcome, 'partial');
      const verdicts = result.results.map((single) => verdictOf(single));
      assert.deepEqual(
        verdicts,
        batch.map((one) => (one === large ? 'reject/payload' : 'delivered')),
      );
      await assertArrived(cluster, topic, deliveries);
      assert.equal(verdictOf(await send(connection, [large])), 'reject/payload');
    },
  );

  await t.test('a compacted topic refuses what has no key, as an alert of its own', async (t) => {
    const topic = await cluster.createTopic({}, { 'cleanup.policy': 'compact' });
    const connection = await openKafka(t, { ...plain, topic, key: '' });
    assert.equal(verdictOf(await send(connection, deliveries.slice(0, 1))), 'reject/payload');
  });

  await t.test('partitions that are added get alerts, too', async (t) => {
    const topic = await cluster.createTopic();
    const connection = await openKafka(t, { ...plain, topic });
    await deliver(connection, deliveries);
    await cluster.admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] });
    await deliver(connection, deliveries);
    await assertArrived(cluster, topic, [...deliveries, ...deliveries]);
  });

  await t.test('a topic made anew with fewer partitions loses nothing', async (t) => {
    const topic = await cluster.createTopic({ numPartitions: 6 });
    const connection = await openKafka(t, { ...plain, topic });
    await deliver(connection, deliveries);
    await cluster.admin.deleteTopics({ topics: [topic] });
    await eventually('the topic is gone', async () => {
      return !(await cluster.admin.listTopics()).includes(topic);
    });
    await cluster.admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
    await deliver(connection, deliveries);
    await assertArrived(cluster, topic, deliveries, 'some twice');
  });

  await t.test('a partition that moves to another broker is followed', async (t) => {
    const topic = await cluster.createTopic({
      replicaAssignment: [{ partition: 0, replicas: [1] }],
    });
    const connection = await openKafka(t, { ...plain, topic, idempotent: true });
    await deliver(connection, deliveries.slice(0, 50));
    await cluster.admin.alterPartitionReassignments({
      topics: [{ topic, partitionAssignment: [{ partition: 0, replicas: [2] }] }],
    });
    for (const delivery of deliveries.slice(50)) await deliver(connection, [delivery]);
    await assertArrived(cluster, topic, deliveries);
  });
}
