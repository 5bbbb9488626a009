import assert from 'node:assert/strict';
import test from 'node:test';
import kafkajs from 'kafkajs';
import { alertWith, deliveryOf } from '../contract/alerts.ts';
import { verdictOf } from '../contract/attempt.ts';
import { startService } from '../services/service.ts';
import { connectCluster } from '../support/kafka-cluster.ts';
import { assertArrived, deliver, deliveries, send } from '../support/kafka-delivery.ts';
import { type KafkaRaw, openKafka } from '../support/kafka-output.ts';
import { brokersGo } from './kafka-outages.ts';
import { topicsChange } from './kafka-topics.ts';

/** What two brokers of Apache Kafka make of the output. */

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

  await topicsChange(t, { cluster, plain });
  await brokersGo(t, { cluster, service, plain, secure });
});

/** A token for brokers that verify no signature. */
function unsignedToken(expiresInS: number): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: 'tocsin', iat: now - 100, exp: now + expiresInS };
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}
