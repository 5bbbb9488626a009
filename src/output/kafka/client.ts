import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import kafkajs, { type ICustomPartitioner, type Producer } from 'kafkajs';
import type { Address } from '../address.ts';
import { shuffled } from '../shuffled.ts';
import { compressLz4 } from './lz4.ts';
import { mendKafkajs } from './mend.ts';
import { type SaslLogin, saslOptions } from './sasl.ts';
import { frameSnappy } from './snappy.ts';
import { seedOf, type Sockets } from './sockets.ts';

/** kafkajs 2.2.4 as a producer here needs it. */

const { CompressionCodecs, CompressionTypes, Kafka, logLevel, Partitioners } = kafkajs;

export { Kafka, Partitioners };

mendKafkajs();

/** Longer than a socket may take to connect, whose own error says more. */
const CONNECTION_MS_MAX = 11_000;
/** Brokers have this long to collect the acknowledgements, and then say that they could not. */
const ACKS_MS_MAX = 20_000;
const REQUEST_MS_MAX = 25_000;

/** Where records go, as whom, and what of. */
export interface ProducerOptions {
  /** Some of the cluster's brokers, which name the others. */
  readonly brokers: readonly Address[];
  readonly topic: string;
  /** Whether to speak without TLS. */
  readonly plaintext: boolean;
  /** Absent: brokers do not ask. */
  readonly sasl?: SaslLogin;
  /** The name in the brokers' logs and quotas. */
  readonly clientId: string;
  /** Who must have a record before it counts. */
  readonly acks: 'all' | 'leader';
  /** Whether records are numbered, so that a broker takes none twice. Needs acks of all. */
  readonly idempotent: boolean;
  readonly compression: keyof typeof CODECS;
  /** Whether brokers may create the topic. */
  readonly createTopic: boolean;
}

export interface ClientParts {
  readonly sockets: Sockets;
  /** For OAUTHBEARER. */
  readonly token: () => Promise<string>;
  readonly partitioner: ICustomPartitioner;
}

/** Makes a client that logs nothing and leaves trying again to the engine. Connects to nobody. */
export function createClient(options: ProducerOptions, parts: ClientParts): Producer {
  const { brokers, clientId, sasl, createTopic, idempotent } = options;
  const { sockets, token, partitioner } = parts;
  const kafka = new Kafka({
    clientId,
    // In any order, so that one that hangs is not the first each time.
    brokers: shuffled(brokers.map(seedOf)),
    ...(sasl && { sasl: saslOptions(sasl, token) }),
    socketFactory: sockets.factory,
    connectionTimeout: CONNECTION_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
    logCreator: () => () => {},
  });
  return kafka.producer({
    createPartitioner: partitioner,
    allowAutoTopicCreation: createTopic,
    // It makes no idempotent producer that never tries again.
    ...(idempotent && { idempotent, retry: { retries: 1, initialRetryTime: 100 } }),
  });
}

/** What a request to produce carries beside its records. */
export function produceOptions({ topic, acks, compression }: ProducerOptions) {
  return {
    topic,
    acks: acks === 'all' ? -1 : 1,
    timeout: ACKS_MS_MAX,
    compression: CODECS[compression],
  };
}

const CODECS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const;

/** Records as kafkajs has encoded them. */
interface Encoded {
  readonly buffer: Buffer;
}

const zstd = promisify(zstdCompress);
CompressionCodecs[CompressionTypes.Snappy] = codecOf((input) => frameSnappy(input));
CompressionCodecs[CompressionTypes.LZ4] = codecOf((input) => compressLz4(input));
CompressionCodecs[CompressionTypes.ZSTD] = codecOf((input) => zstd(input));

function codecOf(compress: (input: Buffer) => Buffer | Promise<Buffer>) {
  return () => ({ compress: async ({ buffer }: Encoded) => compress(buffer) });
}
