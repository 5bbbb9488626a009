import type { Connection, Delivery, FailureReason } from '../../src/output/define.ts';
import type { Failure } from '../../src/output/http-error.ts';
import type { ProducerOptions } from '../../src/output/kafka/client.ts';
import type { Refusal } from '../../src/output/kafka/errors.ts';
import { openProducer } from '../../src/output/kafka/producer.ts';
import { httpClient, networkWith } from '../contract/attempt.ts';
import type { TestContext } from 'node:test';

export interface ProducerSetUp extends Partial<ProducerOptions> {
  readonly brokers: ProducerOptions['brokers'];
  /** Default: the delivery key. */
  readonly keyOf?: (delivery: Delivery) => string | null;
}

/** A producer without an output around it, closed when the test ends. */
export function openTestProducer(
  t: TestContext,
  { keyOf = ({ key }) => key, ...options }: ProducerSetUp,
): Connection {
  const connection = openProducer(
    {
      topic: 'alerts',
      plaintext: true,
      clientId: 'tocsin',
      acks: 'all',
      idempotent: false,
      compression: 'none',
      createTopic: false,
      ...options,
    },
    {
      network: networkWith(),
      http: httpClient(t),
      recordOf: (delivery) => ({ key: keyOf(delivery), value: delivery.json, headers: {} }),
      refusalOf,
    },
  );
  t.after(() => connection.close());
  return connection;
}

/** One refusal is about the records; of the others some leave no doubt that nothing was taken. */
function refusalOf({ type }: Refusal): Failure {
  if (type === 'MESSAGE_TOO_LARGE') return { outcome: 'reject', reason: 'payload', detail: type };
  return { outcome: 'retry', reason: REASONS[type] ?? 'server', detail: type };
}

const REASONS: Readonly<Record<string, FailureReason>> = {
  TOPIC_AUTHORIZATION_FAILED: 'auth',
  UNKNOWN_TOPIC_OR_PARTITION: 'client',
};
