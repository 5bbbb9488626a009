import { setTimeout as pause } from 'node:timers/promises';
import type { Producer } from 'kafkajs';
import type { SingleResult } from '../../src/output/define.ts';
import type { Failure } from '../../src/output/http-error.ts';
import type { Network } from '../../src/output/network.ts';
import type { TokenSource } from '../../src/output/oauth.ts';
import { createSockets } from '../../src/output/kafka/sockets.ts';
import { createProducer, Partitioners, produceOptions } from './client.ts';
import { createPartitions, type Group, LEARNED } from './partitions.ts';
import type { KafkaRecord } from './payload.ts';
import { causeOf, resultOfKafkaError } from './result.ts';
import type { KafkaSettings } from './settings.ts';

/** One producer, from its first connection until it fails. */
export interface Session {
  /** Reaches a broker and learns the partitions, once for all who ask. Says why it could not. */
  connect(): Promise<Failure | undefined>;
  groupsOf(records: readonly KafkaRecord[]): Group[];
  /** Sends records to one partition in one request: brokers take all of them or none. */
  produce(partition: number, records: readonly KafkaRecord[]): Promise<SingleResult>;
  /** Ends every connection, and so every call that waits for an answer. */
  destroy(): void;
}

/** Connects to nobody yet. */
export function openSession(
  settings: KafkaSettings,
  network: Network,
  tokens: TokenSource,
): Session {
  const { topic, idempotent } = settings;
  const sockets = createSockets(network, settings);
  const partitions = createPartitions(topic, Partitioners.DefaultPartitioner);
  const stop = new AbortController();
  const producer = createProducer(settings, {
    sockets,
    token: () => tokens.token(stop.signal),
    partitioner: partitions.partitioner,
  });
  const place = { topic, errorOf: sockets.errorOf };
  let connecting: Promise<Failure | undefined> | undefined;

  async function produce(
    partition: number,
    records: readonly KafkaRecord[],
  ): Promise<SingleResult> {
    try {
      const messages = records.map((record) => ({ ...record, partition }));
      const answers = await producer.send({ ...produceOptions(settings), messages });
      return answers.some((answer) => answer.partition === partition) ? DELIVERED : UNANSWERED;
    } catch (error) {
      return resultOfKafkaError(error, place);
    }
  }

  return {
    connect() {
      connecting ??= connect(producer, settings).then(
        () => undefined,
        (error: unknown) => withHint(resultOfKafkaError(error, place)),
      );
      return connecting;
    },
    groupsOf: partitions.groupsOf,
    produce: (partition, records) =>
      idempotent
        ? untilCertain(() => produce(partition, records), stop.signal)
        : produce(partition, records),
    destroy() {
      stop.abort();
      sockets.destroy();
    },
  };
}

async function connect(producer: Producer, settings: KafkaSettings): Promise<void> {
  const { brokers, idempotent, topic } = settings;
  try {
    await reach(producer, brokers.length);
  } catch (error) {
    if (!idempotent || causeOf(error).name !== 'KafkaJSProtocolError') throw error;
    // For its number it asks about all topics, and takes one that ails for its own.
    await learn(producer, topic);
    await producer.connect();
  }
  await learn(producer, topic);
}

/** Tries each configured broker once: kafkajs goes on to the next after a failure. */
async function reach(producer: Producer, brokers: number): Promise<void> {
  for (let left = brokers; ; left -= 1) {
    try {
      return await producer.connect();
    } catch (error) {
      if (left === 1 || causeOf(error).name !== 'KafkaJSConnectionError') throw error;
    }
  }
}

/** Has the partitioner told the partitions; it sends nothing. */
async function learn(producer: Producer, topic: string): Promise<void> {
  try {
    await producer.send({ topic, messages: [{ value: null }] });
  } catch (error) {
    if (causeOf(error) !== LEARNED) throw error;
  }
}

/** Brokers say no more when somebody comes to the wrong door. */
function withHint(failure: Failure): Failure {
  if (!/ECONNRESET|closed/i.test(failure.detail)) return failure;
  return { ...failure, detail: `${failure.detail}; do plaintext and sasl fit this listener?` };
}

const DELIVERED: SingleResult = { outcome: 'delivered' };
const UNANSWERED: SingleResult = {
  outcome: 'retry',
  reason: 'server',
  detail: 'the answer says nothing of the partition',
};

const CERTAIN_MS_MAX = 10_000;
const FIRST_WAIT_MS = 100;

/**
 * Sends the same records under the same numbers until a broker says what became of them. Only so it
 * can tell that it has them: once others are sent under these numbers, those are taken for the same.
 */
async function untilCertain(
  produce: () => Promise<SingleResult>,
  signal: AbortSignal,
): Promise<SingleResult> {
  const untilMs = performance.now() + CERTAIN_MS_MAX;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs *= 2) {
    const result = await produce();
    if (!isInDoubt(result) || performance.now() + waitMs > untilMs) return result;
    await pause(waitMs, undefined, { signal });
  }
}

function isInDoubt(result: SingleResult): boolean {
  return result.outcome === 'retry' && DOUBTS.has(result.reason);
}

const DOUBTS: ReadonlySet<string> = new Set(['network', 'server', 'timeout']);
