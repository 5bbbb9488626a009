import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { verdictOf } from '../../test/contract/attempt.ts';
import { CODES, startBroker } from '../../test/support/kafka-broker.ts';
import { openKafka } from '../../test/support/kafka-output.ts';

const OPTIONS = { timeout: 120_000 };
const signal = AbortSignal.timeout(60_000);
const delivery = deliveryOf(alertWith());

test('any of the configured brokers will do, and gets the record', OPTIONS, async (t) => {
  const broker = await startBroker(t);
  const brokers = ['127.0.0.1:1', broker.address];
  const connection = await openKafka(t, { brokers, plaintext: true, key: '{{ .Hostname }}' });
  assert.equal(verdictOf(await connection.send([delivery], { signal })), 'delivered');
  const [record] = broker.taken;
  assert.deepEqual([record?.key, record?.value], ['gpu-node-1', delivery.json]);
  assert.equal(record?.headers['tocsin-delivery-key'], delivery.key);
});

test("a broker's refusal says what to do", OPTIONS, async (t) => {
  const broker = await startBroker(t);
  broker.onProduce = () => ({ code: CODES.UNKNOWN_TOPIC_OR_PARTITION });
  const connection = await openKafka(t, { brokers: [broker.address], plaintext: true });
  assert.deepEqual(await connection.send([delivery], { signal }), {
    outcome: 'retry',
    reason: 'client',
    detail:
      'topic alerts: the brokers do not have it; create it, or set createTopic (UNKNOWN_TOPIC_OR_PARTITION)',
  });
});
