import type { FailureReason } from '../../src/output/define.ts';
import type { Failure } from '../../src/output/http-error.ts';
import { excerpt } from '../../src/output/http-excerpt.ts';
import type { Refusal } from '../../src/output/kafka/errors.ts';

/**
 * What it means that brokers refuse records. Only what they refuse for itself is rejected; what is not
 * known waits.
 */
export function resultOfRefusal(topic: string, { type, message }: Refusal): Failure {
  const detail = excerpt(`topic ${topic}: ${HINTS[type] ?? message} (${type})`);
  if (REJECTED.has(type)) return { outcome: 'reject', reason: 'payload', detail };
  return { outcome: 'retry', reason: REASONS[type] ?? 'server', detail };
}

const REJECTED: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
]);

/** Those that do not mean `server`. */
const REASONS: Readonly<Record<string, FailureReason>> = {
  CLUSTER_AUTHORIZATION_FAILED: 'auth',
  ILLEGAL_SASL_STATE: 'auth',
  INVALID_REQUEST: 'client',
  INVALID_TIMESTAMP: 'client',
  INVALID_TOPIC_EXCEPTION: 'client',
  POLICY_VIOLATION: 'client',
  REQUEST_TIMED_OUT: 'timeout',
  SASL_AUTHENTICATION_FAILED: 'auth',
  TOPIC_AUTHORIZATION_FAILED: 'auth',
  UNKNOWN_TOPIC_OR_PARTITION: 'client',
  UNSUPPORTED_COMPRESSION_TYPE: 'client',
  UNSUPPORTED_FOR_MESSAGE_FORMAT: 'client',
  UNSUPPORTED_SASL_MECHANISM: 'auth',
  UNSUPPORTED_VERSION: 'client',
};

/** What to do, where the name alone does not say. */
const HINTS: Readonly<Record<string, string>> = {
  CLUSTER_AUTHORIZATION_FAILED: 'this user may not: idempotent needs IdempotentWrite',
  ILLEGAL_SASL_STATE: 'this listener asks for no credentials: remove sasl',
  INVALID_RECORD: 'the brokers refuse this record; a compacted topic wants a key',
  INVALID_TIMESTAMP: "the clocks of hub and brokers differ by more than the topic's limit",
  MESSAGE_TOO_LARGE: 'the record is larger than message.max.bytes of the brokers or the topic',
  NOT_ENOUGH_REPLICAS: 'fewer brokers have the partition than min.insync.replicas wants',
  TOPIC_AUTHORIZATION_FAILED: 'this user may not write to it',
  UNKNOWN_TOPIC_OR_PARTITION: 'the brokers do not have it; create it, or set createTopic',
};
