import type { FailureReason } from '../../src/output/define.ts';
import { type Failure, httpErrorOf } from '../../src/output/http-error.ts';
import { excerpt } from '../../src/output/http-excerpt.ts';
import { decoded } from '../../src/output/http-url.ts';

/** What a failure is told with. */
export interface Place {
  readonly topic: string;
  /** What ended the last connection to a broker, as far as that is known. */
  readonly errorOf: (broker: string) => Error | undefined;
}

/**
 * What an error of kafkajs means for the alerts that were sent. Only a record that brokers refuse for
 * itself is rejected; whatever is not known waits.
 */
export function resultOfKafkaError(error: unknown, place: Place): Failure {
  const root = causeOf(error);
  return RESULTS[root.name]?.(root, place) ?? resultOfOther(root);
}

/** The parts of kafkajs's errors, by whose names it tells them apart itself. */
interface KafkaError {
  readonly name: string;
  readonly message: string;
  readonly cause?: unknown;
  /** Of a broker's own refusal: `UNKNOWN_TOPIC_OR_PARTITION`. */
  readonly type?: string;
  /** `host:port` */
  readonly broker?: string;
}

const CHAIN_LENGTH_MAX = 8;

/** kafkajs wraps an error in others, and says of each that trying again is no use: the first counts. */
export function causeOf(error: unknown): KafkaError {
  let root = error;
  for (let depth = 0; depth < CHAIN_LENGTH_MAX; depth += 1) {
    const cause = (root as Partial<KafkaError> | undefined)?.cause;
    if (!(cause instanceof Error)) break;
    root = cause;
  }
  return root instanceof Error ? root : new Error(String(root));
}

const RESULTS: Readonly<Record<string, (error: KafkaError, place: Place) => Failure>> = {
  KafkaJSProtocolError: resultOfRefusal,
  KafkaJSConnectionError: resultOfConnection,
  KafkaJSConnectionClosedError: ({ broker = '' }, place) =>
    resultOfConnection({ name: '', broker, message: 'it closed the connection' }, place),
  KafkaJSSASLAuthenticationError: resultOfSasl,
  KafkaJSRequestTimeoutError: ({ broker }) => retry('timeout', `${broker}: no answer in time`),
  KafkaJSLockTimeout: () => retry('timeout', 'no broker got ready in time'),
  KafkaJSBrokerNotFound: resultOfNoBroker,
  KafkaJSMetadataNotLoaded: ({ message }) => retry('server', message),
  KafkaJSTopicMetadataNotLoaded: ({ message }) => retry('server', message),
  KafkaJSServerDoesNotSupportApiKey: ({ message }) => retry('client', message),
};

/** A token endpoint's and our own are known; anything else is a mistake, and no alert's. */
function resultOfOther(error: KafkaError): Failure {
  const { failure } = httpErrorOf(error);
  return failure.outcome === 'retry' ? failure : retry('bug', failure.detail);
}

function retry(reason: FailureReason, detail: string): Failure {
  return { outcome: 'retry', reason, detail: excerpt(detail) };
}

/** kafkajs keeps the message of what ended a connection, not what it means. */
function resultOfConnection({ broker = '', message }: KafkaError, place: Place): Failure {
  const where = decoded(broker);
  const { failure } = httpErrorOf(place.errorOf(broker), where);
  if (failure.outcome === 'retry') return failure;
  return retry('network', `${where}: ${message}`);
}

/** Brokers call the leader of a partition that has none -1. */
function resultOfNoBroker({ message }: KafkaError, { topic }: Place): Failure {
  if (!message.startsWith('Broker -1 ')) return retry('server', message);
  return retry('server', `topic ${topic}: a partition has no leader; bring its brokers back`);
}

/** What it says when there was nobody to prove anything to. */
const NO_ANSWER = /closed|timed out|timeout|not connected|connection error/i;

function resultOfSasl({ message }: KafkaError): Failure {
  return retry(NO_ANSWER.test(message) ? 'network' : 'auth', message);
}

/** Brokers' refusals by their names (https://kafka.apache.org/protocol.html#protocol_error_codes). */
function resultOfRefusal({ type = '', message }: KafkaError, { topic }: Place): Failure {
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
