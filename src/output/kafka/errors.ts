import type { FailureReason } from '../define.ts';
import { type Failure, httpErrorOf } from '../http-error.ts';
import { excerpt } from '../http-excerpt.ts';
import { decoded } from '../http-url.ts';

/** A broker's own no to a request (https://kafka.apache.org/protocol.html#protocol_error_codes). */
export interface Refusal {
  /** `UNKNOWN_TOPIC_OR_PARTITION` */
  readonly type: string;
  /** What Kafka's documentation says of it. */
  readonly message: string;
}

/** What a failure is told with. */
export interface Place {
  readonly topic: string;
  /** What ended the last connection to a broker, as far as that is known. */
  readonly errorOf: (broker: string) => Error | undefined;
  readonly refusalOf: (refusal: Refusal) => Failure;
}

/** What an error of kafkajs means for what was sent. Whatever is not known waits. */
export function failureOf(error: unknown, place: Place): Failure {
  const root = causeOf(error);
  return FAILURES[root.name]?.(root, place) ?? failureOfOther(root);
}

/** The parts of kafkajs's errors, by whose names it tells them apart itself. */
interface KafkaError {
  readonly name: string;
  readonly message: string;
  readonly cause?: unknown;
  /** Of a refusal. */
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

const FAILURES: Readonly<Record<string, (error: KafkaError, place: Place) => Failure>> = {
  KafkaJSProtocolError: ({ type = '', message }, { refusalOf }) => refusalOf({ type, message }),
  KafkaJSConnectionError: failureOfConnection,
  KafkaJSConnectionClosedError: ({ broker = '' }, place) =>
    failureOfConnection({ name: '', broker, message: 'it closed the connection' }, place),
  KafkaJSSASLAuthenticationError: failureOfSasl,
  KafkaJSRequestTimeoutError: ({ broker }) => retry('timeout', `${broker}: no answer in time`),
  KafkaJSLockTimeout: () => retry('timeout', 'no broker got ready in time'),
  KafkaJSBrokerNotFound: failureOfNoBroker,
  KafkaJSMetadataNotLoaded: ({ message }) => retry('server', message),
  KafkaJSTopicMetadataNotLoaded: ({ message }) => retry('server', message),
  KafkaJSServerDoesNotSupportApiKey: ({ message }) => retry('client', message),
};

/** A token endpoint's and our own are known; anything else is a mistake, and no alert's. */
function failureOfOther(error: KafkaError): Failure {
  const { failure } = httpErrorOf(error);
  return failure.outcome === 'retry' ? failure : retry('bug', failure.detail);
}

function retry(reason: FailureReason, detail: string): Failure {
  return { outcome: 'retry', reason, detail: excerpt(detail) };
}

/** kafkajs keeps the message of what ended a connection, not what it means. */
function failureOfConnection({ broker = '', message }: KafkaError, place: Place): Failure {
  const where = decoded(broker);
  const { failure } = httpErrorOf(place.errorOf(broker), where);
  if (failure.outcome === 'retry') return failure;
  return retry('network', `${where}: ${message}`);
}

/** Brokers call the leader of a partition that has none -1. */
function failureOfNoBroker({ message }: KafkaError, { topic }: Place): Failure {
  if (!message.startsWith('Broker -1 ')) return retry('server', message);
  return retry('server', `topic ${topic}: a partition has no leader; bring its brokers back`);
}

/** What it says when there was nobody to prove anything to. */
const NO_ANSWER = /closed|timed out|timeout|not connected|connection error/i;

function failureOfSasl({ message }: KafkaError): Failure {
  return retry(NO_ANSWER.test(message) ? 'network' : 'auth', message);
}
