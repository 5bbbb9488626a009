import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { deliveryKey } from '../../src/json.ts';
import type { Connection, Delivery, SendResult } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../contract/alerts.ts';
import { assertResult, verdictOf } from '../contract/attempt.ts';
import { killService, restartService, startService } from '../services/service.ts';
import { eventually } from '../support/eventually.ts';
import type { HubProcess } from '../support/hub-process.ts';
import { metric, startHub } from '../support/hub-process.ts';
import type { KafkaCluster } from '../support/kafka-cluster.ts';
import { connectCluster } from '../support/kafka-cluster.ts';
import type { KafkaRaw } from '../support/kafka-output.ts';
import { openKafka } from '../support/kafka-output.ts';
import { alertsWhile, isExact } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';

/** What two brokers of Apache Kafka make of the output. */

const corpus = readFileSync(new URL('../data/corpus/falco-alerts.ndjson', import.meta.url), 'utf8');
/** The alerts as they are in the file, so that every byte can be compared. */
const deliveries: Delivery[] = corpus
  .trimEnd()
  .split('\n')
  .map((json) => ({ ...deliveryOf(alertWith()), json, key: deliveryKey(json) }));

test('Apache Kafka', { timeout: 600_000 }, async (t) => {
  const service = await startService(t, 'kafka');
  if (service === undefined) return;
  const {
    KAFKA_BROKERS = '',
    KAFKA_SSL_BROKERS = '',
    KAFKA_SASL_BROKERS = '',
    KAFKA_USER: username = '',
    KAFKA_PASSWORD: password = '',
    KAFKA_CA = '',
    KAFKA_CERT: certFile = '',
    KAFKA_KEY: keyFile = '',
  } = service;
  const cluster = await connectCluster(t, service);
  const plain: KafkaRaw = { brokers: KAFKA_BROKERS.split(','), plaintext: true };
  const secure: KafkaRaw = { brokers: KAFKA_SASL_BROKERS.split(',') };
  const trust = { caFiles: [KAFKA_CA] };

  const ways: Readonly<Record<string, readonly [KafkaRaw, object]>> = {
    'without TLS': [plain, {}],
    'with a client certificate': [
      { brokers: KAFKA_SSL_BROKERS.split(',') },
      { ...trust, certFile, keyFile },
    ],
    'by PLAIN': [{ ...secure, sasl: { mechanism: 'plain', username, password } }, trust],
    'by SCRAM-SHA-256': [
      { ...secure, sasl: { mechanism: 'scram-sha-256', username, password } },
      trust,
    ],
    'by SCRAM-SHA-512': [
      { ...secure, sasl: { mechanism: 'scram-sha-512', username, password } },
      trust,
    ],
    'by OAUTHBEARER': [
      { ...secure, sasl: { mechanism: 'oauthbearer', token: unsignedToken(600) } },
      trust,
    ],
    'with acks of the leader': [{ ...plain, acks: 'leader' }, {}],
    'with numbers': [{ ...plain, idempotent: true }, {}],
    'without keys': [{ ...plain, key: '' }, {}],
  };
  for (const [way, [raw, common]] of Object.entries(ways)) {
    await t.test(`the corpus arrives ${way}, to the byte`, async (t) => {
      const topic = await cluster.createTopic({ numPartitions: 3, replicationFactor: 2 });
      const connection = await openKafka(t, { ...raw, topic }, common);
      await deliver(connection, deliveries);
      await assertArrived(cluster, topic, deliveries);
    });
  }

  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    await t.test(`the brokers read ${compression}`, async (t) => {
      // They take records apart to store them so.
      const topic = await cluster.createTopic({}, { 'compression.type': 'uncompressed' });
      const connection = await openKafka(t, { ...plain, topic, compression });
      const many = [...deliveries, ...deliveries, ...deliveries];
      await deliver(connection, many);
      await assertArrived(cluster, topic, many);
    });
  }

  await t.test('keys and headers are what consumers were told', async (t) => {
    const topic = await cluster.createTopic({ numPartitions: 4 });
    const connection = await openKafka(t, { ...plain, topic, key: '{{ .Hostname }}' });
    const delivery = deliveryOf(alertWith({ rule: 'Unicode ☃\nand a line' }));
    await deliver(connection, [delivery]);
    const [record] = await cluster.read(topic);
    assert.equal(record?.key, 'gpu-node-1');
    assert.deepEqual(record?.headers, {
      'tocsin-delivery-key': delivery.key,
      'tocsin-rule': 'Unicode ☃ and a line',
      'tocsin-priority': 'warning',
    });
  });

  const wrong: Readonly<Record<string, readonly [KafkaRaw, object, string]>> = {
    'a wrong password by PLAIN': [
      { ...secure, sasl: { mechanism: 'plain', username, password: 'planted-secret' } },
      trust,
      'retry/auth',
    ],
    'a wrong password by SCRAM': [
      { ...secure, sasl: { mechanism: 'scram-sha-512', username, password: 'planted-secret' } },
      trust,
      'retry/auth',
    ],
    'a token that has expired': [
      { ...secure, sasl: { mechanism: 'oauthbearer', token: unsignedToken(-60) } },
      trust,
      'retry/auth',
    ],
    'no credentials': [secure, trust, 'retry/network'],
    'credentials where nobody asks': [
      { ...plain, sasl: { mechanism: 'plain', username, password } },
      {},
      'retry/auth',
    ],
    'no client certificate': [{ brokers: KAFKA_SSL_BROKERS.split(',') }, trust, 'retry/network'],
    'an authority nobody trusts': [secure, {}, 'retry/network'],
    'no TLS where it is spoken': [{ ...secure, plaintext: true }, {}, 'retry/client'],
    'TLS where it is not': [{ ...plain, plaintext: false }, trust, 'retry/network'],
  };
  for (const [what, [raw, common, verdict]] of Object.entries(wrong)) {
    await t.test(`${what}: ${verdict}`, async (t) => {
      const connection = await openKafka(t, raw, common);
      const result = await send(connection, deliveries.slice(0, 3));
      assert.equal(verdictOf(result), verdict);
      assert.doesNotMatch(JSON.stringify(result), /planted|eyJ/);
    });
  }

  await t.test('a user without the right to write waits for it', async (t) => {
    const topic = await cluster.createTopic();
    const acl = {
      resourceType: kafkajs.AclResourceTypes.TOPIC,
      resourceName: topic,
      resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
      principal: `User:${username}`,
      host: '*',
      operation: kafkajs.AclOperationTypes.WRITE,
      permissionType: kafkajs.AclPermissionTypes.DENY,
    };
    await cluster.admin.createAcls({ acl: [acl] });
    const sasl = { mechanism: 'plain', username, password } as const;
    const connection = await openKafka(t, { ...secure, topic, sasl }, trust);
    assert.equal(verdictOf(await send(connection, deliveries.slice(0, 3))), 'retry/auth');
    await cluster.admin.deleteAcls({ filters: [acl] });
    await deliver(connection, deliveries.slice(0, 3));
    await assertArrived(cluster, topic, deliveries.slice(0, 3));
  });

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
});

async function waiting(hub: HubProcess): Promise<number> {
  return metric(hub, 'tocsin_queue_depth');
}

/** A token for brokers that verify no signature. */
function unsignedToken(expiresInS: number): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: 'tocsin', iat: now - 100, exp: now + expiresInS };
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

function numbered(batch: number, count: number): Delivery[] {
  return Array.from({ length: count }, (_, n) =>
    deliveryOf(alertWith({ output: `alert ${n} of batch ${batch}` })),
  );
}

async function send(connection: Connection, batch: readonly Delivery[]): Promise<SendResult> {
  const result = await connection.send(batch, { signal: AbortSignal.timeout(60_000) });
  assertResult(result, batch.length);
  return result;
}

/** As the engine does it: what was not delivered is sent again. */
async function deliver(connection: Connection, batch: readonly Delivery[]): Promise<void> {
  let left = batch;
  await eventually('the alerts are delivered', async () => {
    left = (await sendOnce(connection, left)).undelivered;
    return left.length === 0;
  });
}

async function sendOnce(connection: Connection, batch: readonly Delivery[]) {
  const result = await send(connection, batch);
  const results = result.outcome === 'partial' ? result.results : batch.map(() => result);
  return {
    undelivered: batch.filter((_, n) => results[n]?.outcome !== 'delivered'),
    failures: results.flatMap((single) => (single.outcome === 'delivered' ? [] : single.detail)),
  };
}

async function assertArrived(
  cluster: KafkaCluster,
  topic: string,
  expected: readonly Delivery[],
  how: 'each once' | 'some twice' = 'each once',
): Promise<void> {
  // With acks of the leader alone consumers see a record a moment later.
  await eventually('the records can be read', async () => {
    return (await cluster.length(topic)) >= expected.length;
  });
  const values = (await cluster.read(topic)).map(({ value }) => value);
  const arrived = how === 'each once' ? values : [...new Set(values)];
  assertSame(
    arrived,
    expected.map(({ json }) => json),
  );
}

/** In any order. Tells of a few that differ, for there may be thousands. */
function assertSame(arrived: readonly string[], expected: readonly string[]): void {
  const missing = new Set(expected).difference(new Set(arrived));
  const foreign = new Set(arrived).difference(new Set(expected));
  assert.deepEqual([...missing].slice(0, 3), []);
  assert.deepEqual([...foreign].slice(0, 3), []);
  assert.equal(arrived.length, expected.length);
}

function uuidIn(json: string): string {
  return (JSON.parse(json) as { uuid: string }).uuid;
}
