import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import test, { type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, Delivery, SendResult } from '../define.ts';
import { alertWith, deliveryOf } from '../../../test/contract/alerts.ts';
import { sendOver, verdictOf } from '../../../test/contract/attempt.ts';
import { eventually } from '../../../test/support/eventually.ts';
import {
  type Batch,
  CODES,
  type KafkaBroker,
  startBroker,
  type Verdict,
} from '../../../test/support/kafka-broker.ts';
import { openTestProducer, type ProducerSetUp } from '../../../test/support/kafka-producer.ts';

const OPTIONS = { timeout: 120_000 };

test('an alert that is too large is the one that is refused', OPTIONS, async (t) => {
  const { broker, connection } = await start(t, { keyOf: () => null });
  const isLarge = ({ records }: Batch): boolean => records.some(({ value }) => isOf(value, 11));
  broker.onProduce = (batch) => (isLarge(batch) ? { code: CODES.MESSAGE_TOO_LARGE } : 'take');
  const deliveries = numbered(20);
  const result = await sendOver(connection, deliveries);
  assert.equal(result.outcome, 'partial');
  const verdicts = result.results.map((single) => verdictOf(single));
  const expected = deliveries.map((_, n) => (n === 11 ? 'reject/payload' : 'delivered'));
  assert.deepEqual(verdicts, expected);
  assert.deepEqual(valuesOf(broker), jsonOf(deliveries.toSpliced(11, 1)));
});

test('a partition that takes nothing holds up no other', OPTIONS, async (t) => {
  const { broker, connection } = await start(t);
  broker.partitions = 3;
  broker.onProduce = ({ partition }) =>
    partition === 1 ? { code: CODES.NOT_ENOUGH_REPLICAS } : 'take';
  const deliveries = numbered(60);
  const result = await sendOver(connection, deliveries);
  assert.equal(result.outcome, 'partial');
  const delivered = deliveries.filter((_, n) => result.results[n]?.outcome === 'delivered');
  assert.ok(delivered.length > 20 && delivered.length < 55, `${delivered.length} of 60`);
  assert.deepEqual(valuesOf(broker).sort(), jsonOf(delivered).sort());
  const others = result.results.filter(({ outcome }) => outcome !== 'delivered');
  assert.deepEqual([...new Set(others.map((single) => verdictOf(single)))], ['retry/server']);
});

test('a partition without a leader holds up no other', OPTIONS, async (t) => {
  const { broker, connection } = await start(t);
  broker.partitions = 3;
  broker.leaderless.add(2);
  const result = await sendOver(connection, numbered(60));
  assert.deepEqual(verdictOf(result).split(', ').sort(), ['delivered', 'retry/server']);
  assert.match(JSON.stringify(result), /a partition has no leader/);
  broker.leaderless.clear();
  // What is known of the partitions is asked for again when it proves wrong.
  await sendOver(connection, numbered(60));
  assert.equal(verdictOf(await sendOver(connection, numbered(60))), 'delivered');
});

test('alerts without a key avoid a partition without a leader', OPTIONS, async (t) => {
  const { broker, connection } = await start(t, { keyOf: () => null });
  broker.partitions = 2;
  broker.leaderless.add(0);
  for (let batch = 0; batch < 4; batch += 1) {
    assert.equal(verdictOf(await sendOver(connection, numbered(5))), 'delivered');
  }
  assert.ok(broker.taken.every(({ partition }) => partition === 1));
});

test('alerts without a key go together, each batch to the next partition', OPTIONS, async (t) => {
  const { broker, connection } = await start(t, { keyOf: () => null });
  broker.partitions = 3;
  for (let batch = 0; batch < 3; batch += 1) await sendOver(connection, numbered(10));
  assert.deepEqual(broker.batches, [10, 10, 10]);
  assert.deepEqual(new Set(broker.taken.map(({ partition }) => partition)), new Set([0, 1, 2]));
  assert.ok(broker.taken.every(({ key }) => key === null));
});

test('alerts with a key share a partition, in their order', OPTIONS, async (t) => {
  const { broker, connection } = await start(t, { keyOf: ({ alert }) => alert.hostname ?? null });
  broker.partitions = 5;
  const deliveries = numbered(40, (n) => ({ hostname: `node-${n % 7}` }));
  await sendOver(connection, deliveries);
  for (let host = 0; host < 7; host += 1) {
    const records = broker.taken.filter(({ key }) => key === `node-${host}`);
    assert.equal(new Set(records.map(({ partition }) => partition)).size, 1);
    const expected = jsonOf(deliveries.filter((_, n) => n % 7 === host));
    assert.deepEqual(
      records.map(({ value }) => value),
      expected,
    );
  }
});

test('a lost answer makes no duplicate where records are numbered', OPTIONS, async (t) => {
  const { broker, connection } = await start(t, { idempotent: true });
  let answersLost = 0;
  broker.onProduce = () => (answersLost++ < 3 ? 'lost' : 'take');
  const deliveries = numbered(5);
  assert.equal(verdictOf(await sendOver(connection, deliveries)), 'delivered');
  assert.deepEqual(valuesOf(broker), jsonOf(deliveries));
  const more = numbered(5, (n) => ({ rule: `another ${n}` }));
  assert.equal(verdictOf(await sendOver(connection, more)), 'delivered');
  assert.deepEqual(valuesOf(broker), jsonOf([...deliveries, ...more]));
});

test('a lost answer is a failed attempt where they are not', OPTIONS, async (t) => {
  const { broker, connection } = await start(t);
  broker.onProduce = () => 'lost';
  assert.equal(verdictOf(await sendOver(connection, numbered(5))), 'retry/network');
  assert.equal(broker.batches.length, 1);
});

for (const [how, next] of [
  ['refuses', { code: CODES.UNKNOWN_TOPIC_OR_PARTITION }],
  ['hangs', 'hang'],
] as const) {
  test(`records are not taken for those in doubt when the broker ${how}`, OPTIONS, async (t) => {
    const { broker, connection } = await start(t, { idempotent: true });
    const verdicts: Verdict[] = ['lost', next];
    broker.onProduce = () => verdicts.shift() ?? next;
    const inDoubt = numbered(5);
    assert.match(verdictOf(await sendOver(connection, inDoubt, 3000)), /^retry/);
    assert.deepEqual(valuesOf(broker), jsonOf(inDoubt));
    broker.onProduce = () => 'take';
    const others = numbered(5, (n) => ({ rule: `another ${n}` }));
    assert.equal(verdictOf(await sendOver(connection, others)), 'delivered');
    assert.deepEqual(valuesOf(broker), jsonOf([...inDoubt, ...others]));
  });
}

test('numbered records do not wait for a topic of others that ails', OPTIONS, async (t) => {
  const { broker, connection } = await start(t, { idempotent: true });
  broker.metadataError = (topics) => (topics === undefined ? CODES.LEADER_NOT_AVAILABLE : 0);
  assert.equal(verdictOf(await sendOver(connection, numbered(3))), 'delivered');
});

test('alerts for a partition that is gone are sent again, not dropped', OPTIONS, async (t) => {
  const { broker, connection } = await start(t);
  broker.partitions = 4;
  assert.equal(verdictOf(await sendOver(connection, numbered(20))), 'delivered');
  broker.partitions = 1;
  broker.onProduce = () => ({ code: CODES.UNKNOWN_TOPIC_OR_PARTITION });
  assert.equal(verdictOf(await sendOver(connection, numbered(20))), 'retry/client');
  broker.onProduce = () => 'take';
  broker.taken.splice(0);
  const deliveries = numbered(20);
  const results = [await sendOver(connection, deliveries), await sendOver(connection, deliveries)];
  assert.equal(verdictOf(results[1] as SendResult), 'delivered');
  assert.ok(jsonOf(deliveries).every((json) => valuesOf(broker).includes(json)));
});

test('another broker is asked where the first is gone', OPTIONS, async (t) => {
  const broker = await startBroker(t);
  const gone = [1, 2].map((port) => ({ ...broker.place, port }));
  const connection = openTestProducer(t, { brokers: [...gone, broker.place] });
  assert.equal(verdictOf(await sendOver(connection, numbered(1))), 'delivered');
});

test('a broker that is back is used again', OPTIONS, async (t) => {
  const { broker, connection } = await start(t);
  assert.equal(verdictOf(await sendOver(connection, numbered(1))), 'delivered');
  broker.onProduce = () => 'cut';
  assert.equal(verdictOf(await sendOver(connection, numbered(1))), 'retry/network');
  broker.metadataError = () => CODES.LEADER_NOT_AVAILABLE;
  assert.equal(verdictOf(await sendOver(connection, numbered(1))), 'retry/server');
  broker.metadataError = () => 0;
  broker.onProduce = () => 'take';
  assert.equal(verdictOf(await sendOver(connection, numbered(1))), 'delivered');
});

test('a connection that was closed while nobody used it costs no attempt', OPTIONS, async (t) => {
  const { broker, connection } = await start(t);
  await sendOver(connection, numbered(1));
  broker.disconnect();
  await eventually('the connections end', () => broker.open() === 0);
  assert.equal(verdictOf(await sendOver(connection, numbered(1))), 'delivered');
});

test('attempts at the same time share a connection', OPTIONS, async (t) => {
  const { broker, connection } = await start(t);
  broker.partitions = 4;
  const batches = Array.from({ length: 8 }, (_, n) => numbered(10, () => ({ rule: `rule ${n}` })));
  const results = await Promise.all(batches.map((batch) => sendOver(connection, batch)));
  assert.ok(results.every((result) => verdictOf(result) === 'delivered'));
  assert.deepEqual(valuesOf(broker).sort(), jsonOf(batches.flat()).sort());
  assert.equal(broker.connections(), 1);
});

for (const [idempotent, connections] of [
  [false, 1],
  [true, 2],
] as const) {
  const name = idempotent ? 'numbered records begin anew' : 'the connection stays';
  test(`after a refusal ${name}`, OPTIONS, async (t) => {
    const { broker, connection } = await start(t, { idempotent });
    broker.onProduce = () => ({ code: CODES.UNKNOWN_TOPIC_OR_PARTITION });
    assert.equal(verdictOf(await sendOver(connection, numbered(1))), 'retry/client');
    broker.onProduce = () => 'take';
    assert.equal(verdictOf(await sendOver(connection, numbered(1))), 'delivered');
    assert.equal(broker.connections(), connections);
  });
}

test('a broker may not lead to a refused address', OPTIONS, async (t) => {
  const { broker, connection } = await start(t);
  broker.leader = { host: '169.254.169.254', port: 80 };
  const result = await sendOver(connection, numbered(1));
  assert.equal(verdictOf(result), 'retry/client');
  assert.match((result as { detail: string }).detail, /169\.254\.169\.254 is refused/);
});

const nonsense: Readonly<Record<string, Buffer>> = {
  'a negative length': Buffer.from([0xff, 0xff, 0xff, 0xfc, 0, 0, 0, 0]),
  'a frame that is too short': Buffer.from([0, 0, 0, 1, 0]),
  'a frame that never ends': Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0]),
  HTML: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n<html>'),
};

for (const [what, bytes] of Object.entries(nonsense)) {
  test(`who answers with ${what} is no broker`, OPTIONS, async (t) => {
    const { broker, connection } = await start(t);
    broker.nonsense = bytes;
    const result = await sendOver(connection, numbered(2));
    assert.equal(verdictOf(result), 'retry/client');
    assert.match((result as { detail: string }).detail, /no Kafka broker/);
  });
}

test('an answer that breaks off is the fault of no alert', OPTIONS, async (t) => {
  const { broker, connection } = await start(t);
  broker.nonsense = Buffer.from([0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0x7f]);
  const result = await sendOver(connection, numbered(2));
  assert.match(verdictOf(result), /^retry\//);
});

test('nothing is left of an attempt that was given up', OPTIONS, async (t) => {
  const { broker, connection } = await start(t);
  broker.onProduce = () => 'hang';
  assert.equal(verdictOf(await sendOver(connection, numbered(2), 300)), 'retry/timeout');
  await eventually('the connections end', () => broker.open() === 0);
});

test('closing ends an attempt under way, and every connection', OPTIONS, async (t) => {
  const { broker, connection } = await start(t);
  broker.onProduce = () => 'hang';
  const sending = sendOver(connection, numbered(2));
  await eventually('the records arrive', () => broker.batches.length === 1);
  await connection.close();
  assert.equal(verdictOf(await sending), 'retry/network');
  await eventually('the connections end', () => broker.open() === 0);
  assert.equal(verdictOf(await sendOver(connection, numbered(1))), 'retry/network');
});

test('a connection that is idle takes no time', OPTIONS, async (t) => {
  const { connection } = await start(t);
  await sendOver(connection, numbered(1));
  let timers = 0;
  const hook = createHook({ init: (_, type) => void (timers += type === 'Timeout' ? 1 : 0) });
  hook.enable();
  await pause(200);
  hook.disable();
  assert.ok(timers < 10, `${timers} timers in 200 ms`);
});

async function start(
  t: TestContext,
  options: Partial<ProducerSetUp> = {},
): Promise<{ broker: KafkaBroker; connection: Connection }> {
  const broker = await startBroker(t);
  return { broker, connection: openTestProducer(t, { brokers: [broker.place], ...options }) };
}

function numbered(count: number, changes: (n: number) => object = () => ({})): Delivery[] {
  return Array.from({ length: count }, (_, n) =>
    deliveryOf(alertWith({ output: `number ${n}.`, ...changes(n) })),
  );
}

function isOf(json: string, n: number): boolean {
  return json.includes(`"number ${n}."`);
}

function jsonOf(deliveries: readonly Delivery[]): string[] {
  return deliveries.map(({ json }) => json);
}

function valuesOf(broker: KafkaBroker): string[] {
  return broker.taken.map(({ value }) => value);
}
