import { setTimeout as pause } from 'node:timers/promises';
import type { Producer } from 'kafkajs';
import type { SingleResult } from '../define.ts';
import { type Failure, HttpError } from '../http-error.ts';
import type { Network } from '../network.ts';
import type { TokenSource } from '../oauth.ts';
import { createClient, produceOptions, type ProducerOptions } from './client.ts';
import { causeOf, failureOf, type Refusal } from './errors.ts';
import { createPartitions, type Group, type KafkaRecord, LEARNED } from './partitions.ts';
import { createSockets } from './sockets.ts';

/** One client of kafkajs, from its first connection until it fails. */
export interface ProducerSession {
  groupsOf(records: readonly KafkaRecord[]): Group[];
  /** Sends records to one partition in one request: brokers take all of them or none. */
  produce(partition: number, records: readonly KafkaRecord[]): Promise<SingleResult>;
}

export interface SessionParts {
  readonly network: Network;
  /** For OAUTHBEARER. A token is forgotten when brokers do not like it. */
  readonly tokens: TokenSource;
  readonly refusalOf: (refusal: Refusal) => Failure;
}

/**
 * Reaches a broker and learns the partitions. Rejects with `HttpError`.
 *
 * @param signal Ends every connection, and so every call that waits for an answer.
 */
export async function openSession(
  options: ProducerOptions,
  { network, tokens, refusalOf }: SessionParts,
  signal: AbortSignal,
): Promise<ProducerSession> {
  const { topic, idempotent } = options;
  const sockets = createSockets(network, options);
  signal.addEventListener('abort', () => sockets.destroy(), { once: true });
  const partitions = createPartitions(topic);
  const token = () => tokens.token(signal);
  const client = createClient(options, { sockets, token, partitioner: partitions.partitioner });

  function resultOf(error: unknown): Failure {
    const failure = failureOf(error, { topic, errorOf: sockets.errorOf, refusalOf });
    if (failure.reason === 'auth') tokens.forget();
    return failure;
  }

  async function produce(
    partition: number,
    records: readonly KafkaRecord[],
  ): Promise<SingleResult> {
    try {
      const messages = records.map((record) => ({ ...record, partition }));
      const answers = await client.send({ ...produceOptions(options), messages });
      return answers.some((answer) => answer.partition === partition) ? DELIVERED : UNANSWERED;
    } catch (error) {
      return resultOf(error);
    }
  }

  try {
    await connect(client, options);
  } catch (error) {
    throw new HttpError('network', withHint(resultOf(error)));
  }
  return {
    groupsOf: partitions.groupsOf,
    produce: (partition, records) =>
      idempotent
        ? untilCertain(() => produce(partition, records), signal)
        : produce(partition, records),
  };
}

async function connect(client: Producer, options: ProducerOptions): Promise<void> {
  const { brokers, idempotent, topic } = options;
  try {
    await reach(client, brokers.length);
  } catch (error) {
    if (!idempotent || causeOf(error).name !== 'KafkaJSProtocolError') throw error;
    // For its number it asks about all topics, and takes one that ails for its own.
    await learn(client, topic);
    await client.connect();
  }
  await learn(client, topic);
}

/** Tries each configured broker once: kafkajs goes on to the next after a failure. */
async function reach(client: Producer, brokers: number): Promise<void> {
  for (let left = brokers; ; left -= 1) {
    try {
      return await client.connect();
    } catch (error) {
      if (left === 1 || causeOf(error).name !== 'KafkaJSConnectionError') throw error;
    }
  }
}

/** Has the partitioner told the partitions; it sends nothing. */
async function learn(client: Producer, topic: string): Promise<void> {
  try {
    await client.send({ topic, messages: [{ value: null }] });
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
