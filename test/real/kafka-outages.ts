import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Delivery } from '../../src/output/define.ts';
import { killService, restartService, type ServiceValues } from '../services/service.ts';
import { eventually } from '../support/eventually.ts';
import { type HubProcess, metric, startHub } from '../support/hub-process.ts';
import {
  assertArrived,
  deliver,
  deliveries,
  numbered,
  sendOnce,
} from '../support/kafka-delivery.ts';
import { type KafkaRaw, openKafka } from '../support/kafka-output.ts';
import { alertsWhile, isExact } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';
import type { Topics } from './kafka-topics.ts';

export interface Outages extends Topics {
  readonly service: ServiceValues;
  /** What leads there by TLS and a login. */
  readonly secure: KafkaRaw;
}

/** One of two brokers is killed and comes back. */
export async function brokersGo(
  t: TestContext,
  { cluster, service, plain, secure }: Outages,
): Promise<void> {
  const { KAFKA_USER: username = '', KAFKA_PASSWORD: password = '', KAFKA_CA = '' } = service;
  await t.test('a partition without a leader waits, and the other goes on', async (t) => {
    const replicaAssignment = [
      { partition: 0, replicas: [2] },
      { partition: 1, replicas: [1] },
    ];
    const topic = await cluster.createTopic({ replicaAssignment });
    const connection = await openKafka(t, { ...plain, topic });
    await deliver(connection, deliveries.slice(0, 60));
    await killService(service);
    let left = deliveries.slice(60);
    await eventually('one partition goes on', async () => {
      const { failures, undelivered } = await sendOnce(connection, left);
      left = undelivered;
      return failures.length > 0 && failures.every((detail) => /has no leader/.test(detail));
    });
    assert.ok(left.length > 20 && left.length < 100, `${left.length} wait`);
    await restartService(service);
    await deliver(connection, left);
    await assertArrived(cluster, topic, deliveries, 'some twice');
  });

  await t.test('a hub loses nothing when a broker is killed and comes back', async (t) => {
    const options = { numPartitions: 4, replicationFactor: 2 };
    const topics = [await cluster.createTopic(options), await cluster.createTopic(options)];
    const sasl = { mechanism: 'scram-sha-512', username, password };
    const type = 'kafka';
    const hub = await startHub(t, {
      outputs: {
        open: { type, ...plain, topic: topics[0], key: '' },
        closed: { type, ...secure, topic: topics[1], sasl, tls: { caFile: KAFKA_CA } },
      },
    });
    const poster = createPoster(t, hub);
    const posting = { goesOn: true };
    const posted = poster.postEach(alertsWhile(posting));
    await eventually('alerts arrive', async () => (await cluster.length(topics[0] ?? '')) > 100);
    await killService(service);
    await pause(1000);
    await restartService(service);
    posting.goesOn = false;
    await posted;
    await eventually('everything is delivered', async () => (await waiting(hub)) === 0);
    for (const topic of topics) {
      let records: string[] = [];
      // A leader of a moment ago may not know yet how far the others are, and shows less at first.
      await eventually('every acknowledged alert is in the topic', async () => {
        records = (await cluster.read(topic)).map(({ value }) => value);
        return poster.acknowledged.isSubsetOf(new Set(records.map(uuidIn)));
      });
      assert.ok(records.every((json) => isExact(uuidIn(json), json)));
    }
  });

  for (const idempotent of [true, false]) {
    const what = idempotent ? 'and none twice, with numbers' : 'without numbers';
    await t.test(`nothing is lost when a broker is killed in the middle, ${what}`, async (t) => {
      const topic = await cluster.createTopic({ numPartitions: 4, replicationFactor: 2 });
      const connection = await openKafka(t, { ...plain, topic, idempotent });
      const batches: Delivery[][] = [];
      let isDead = false;
      const death = killService(service).then(() => (isDead = true));
      for (let after = 0; after < 20; after += isDead ? 1 : 0) {
        const batch = numbered(batches.length, 20);
        batches.push(batch);
        await deliver(connection, batch);
      }
      await death;
      await restartService(service);
      await assertArrived(cluster, topic, batches.flat(), idempotent ? 'each once' : 'some twice');
    });
  }
}

async function waiting(hub: HubProcess): Promise<number> {
  return metric(hub, 'tocsin_queue_depth');
}

function uuidIn(json: string): string {
  return (JSON.parse(json) as { uuid: string }).uuid;
}
