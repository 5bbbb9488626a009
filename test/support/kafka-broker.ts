import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Address } from '../../src/output/address.ts';
import type { Lifetime } from './hub-process.ts';

/**
 * A broker of one topic that misbehaves on demand. It speaks as much of Kafka's protocol as a
 * producer asks for, written and read with kafkajs's own parts; what real brokers do is tried in
 * `test/real/kafka.test.ts`.
 */
export interface KafkaBroker {
  /** `127.0.0.1:…` */
  readonly address: string;
  /** The same in its parts. */
  readonly place: Address;
  /** What it has taken, in order. */
  readonly taken: Taken[];
  /** The size of each request to produce, in records. */
  readonly batches: number[];
  /** Connections since the start. */
  readonly connections: () => number;
  /** How many there are now. */
  readonly open: () => number;
  /** Ends them all. */
  readonly disconnect: () => void;
  partitions: number;
  /** Partitions that nobody leads. */
  readonly leaderless: Set<number>;
  /** Decides on a batch; by default it is taken. */
  onProduce: (batch: Batch) => Verdict;
  /** What it says where its partitions are; by default at its own address. */
  leader: Address;
  /** An error code of the protocol instead of the partitions. */
  metadataError: (topics: readonly string[] | undefined) => number;
  /** Answers nothing any more. */
  isHung: boolean;
  /** Sends these bytes instead of an answer. */
  nonsense: Buffer | undefined;
}

export interface Taken {
  readonly partition: number;
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Batch {
  readonly partition: number;
  readonly records: readonly Taken[];
}

/** `lost`: the records are taken, and the connection ends before the answer. */
export type Verdict = 'take' | 'lost' | 'cut' | 'hang' | { readonly code: number };

export const CODES = {
  UNKNOWN_TOPIC_OR_PARTITION: 3,
  LEADER_NOT_AVAILABLE: 5,
  MESSAGE_TOO_LARGE: 10,
  NOT_ENOUGH_REPLICAS: 19,
  TOPIC_AUTHORIZATION_FAILED: 29,
  OUT_OF_ORDER_SEQUENCE_NUMBER: 45,
} as const;

const NAMES = { 0: 'Produce', 3: 'Metadata', 18: 'ApiVersions', 22: 'InitProducerId' } as const;
/** The versions it answers in. */
const VERSIONS: readonly (readonly [key: number, min: number, max: number])[] = [
  [0, 7, 7],
  [3, 6, 6],
  [18, 2, 2],
  [22, 1, 1],
];

export async function startBroker(t: Lifetime): Promise<KafkaBroker> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
    serve(socket, broker);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  const place = { host: '127.0.0.1', port };
  const broker: KafkaBroker = {
    address: `127.0.0.1:${port}`,
    place,
    taken: [],
    batches: [],
    connections: () => connections,
    open: () => sockets.size,
    disconnect: () => sockets.forEach((socket) => socket.end()),
    partitions: 1,
    leaderless: new Set(),
    onProduce: () => 'take',
    leader: place,
    metadataError: () => 0,
    isHung: false,
    nonsense: undefined,
  };
  return broker;
}

function serve(socket: Socket, broker: KafkaBroker): void {
  let buffered = Buffer.alloc(0);
  let answering = Promise.resolve();
  socket.on('data', (chunk) => {
    buffered = Buffer.concat([buffered, chunk as Buffer]);
    while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE()) {
      const end = 4 + buffered.readInt32BE();
      const frame = buffered.subarray(4, end);
      buffered = buffered.subarray(end);
      answering = answering.then(() => answer(socket, broker, frame));
    }
  });
}

async function answer(socket: Socket, broker: KafkaBroker, frame: Buffer): Promise<void> {
  const request = new Decoder(frame);
  const name = NAMES[request.readInt16() as keyof typeof NAMES];
  request.readInt16();
  const correlationId = request.readInt32();
  request.readString();
  if (broker.isHung) return;
  if (broker.nonsense !== undefined) return void socket.write(broker.nonsense);
  const body = await ANSWERS[name](request, broker);
  if (body === 'hang') return;
  if (body === 'cut') return void socket.end();
  const payload = new Encoder().writeInt32(correlationId).writeEncoder(body);
  socket.write(new Encoder().writeInt32(payload.size()).writeEncoder(payload).buffer);
}

type Answer = Encoder | 'hang' | 'cut';

const ANSWERS: Record<
  (typeof NAMES)[keyof typeof NAMES],
  (request: Decoder, broker: KafkaBroker) => Answer | Promise<Answer>
> = {
  ApiVersions: () =>
    new Encoder()
      .writeInt16(0)
      .writeArray(VERSIONS.map(([key, min, max]) => int16s(key, min, max)))
      .writeInt32(0),
  Metadata(request, broker) {
    const topics = request.readInt32() === -1 ? undefined : [request.readString()];
    const code = broker.metadataError(topics);
    const partitions = Array.from({ length: code === 0 ? broker.partitions : 0 }, (_, n) =>
      new Encoder()
        .writeInt16(broker.leaderless.has(n) ? CODES.LEADER_NOT_AVAILABLE : 0)
        .writeInt32(n)
        .writeInt32(broker.leaderless.has(n) ? -1 : 1)
        .writeArray([1])
        .writeArray([1])
        .writeArray([]),
    );
    const { host, port } = broker.leader;
    const topic = (name: string): Encoder =>
      new Encoder().writeInt16(code).writeString(name).writeBoolean(false).writeArray(partitions);
    return new Encoder()
      .writeInt32(0)
      .writeArray([
        new Encoder().writeInt32(1).writeString(host).writeInt32(port).writeString(null),
      ])
      .writeString(null)
      .writeInt32(1)
      .writeArray((topics ?? ['another']).map(topic));
  },
  InitProducerId: (_, broker) =>
    new Encoder()
      .writeInt32(0)
      .writeInt16(0)
      .writeInt64(1000 + broker.connections())
      .writeInt16(0),
  Produce: async (request, broker) => {
    request.readString();
    request.readInt16();
    request.readInt32();
    const answers: Encoder[] = [];
    for (let topics = request.readInt32(); topics > 0; topics -= 1) {
      const name = request.readString();
      const partitions: Encoder[] = [];
      for (let left = request.readInt32(); left > 0; left -= 1) {
        const answer = await take(request, broker);
        if (typeof answer === 'string') return answer;
        partitions.push(answer);
      }
      answers.push(new Encoder().writeString(name).writeArray(partitions));
    }
    return new Encoder().writeArray(answers).writeInt32(0);
  },
};

/** The last batch of each producer and partition, as brokers remember it. */
const remembered = new WeakMap<KafkaBroker, Map<string, { first: number; next: number }>>();

async function take(request: Decoder, broker: KafkaBroker): Promise<Answer> {
  const partition = request.readInt32();
  const decoder = new Decoder(request.readBytes());
  const { records, producerId, firstSequence } = await decodeBatch(decoder);
  const batch = { partition, records: records.map((record) => takenOf(partition, record)) };
  broker.batches.push(records.length);
  const verdict = broker.onProduce(batch);
  if (verdict === 'hang' || verdict === 'cut') return verdict;
  const code =
    typeof verdict === 'object'
      ? verdict.code
      : accept(broker, batch, `${producerId}/${partition}`, firstSequence);
  if (verdict === 'lost') return 'cut';
  return new Encoder()
    .writeInt32(partition)
    .writeInt16(code)
    .writeInt64(0)
    .writeInt64(-1)
    .writeInt64(0);
}

/** Takes a batch unless its number says that it has it; answers with an error code. */
function accept(broker: KafkaBroker, batch: Batch, producer: string, first: number): number {
  const numbers = remembered.get(broker) ?? new Map<string, { first: number; next: number }>();
  remembered.set(broker, numbers);
  if (!producer.startsWith('-1/')) {
    const last = numbers.get(producer);
    const next = first + batch.records.length;
    if (last?.first === first && last.next === next) return 0;
    if ((last?.next ?? 0) !== first) return CODES.OUT_OF_ORDER_SEQUENCE_NUMBER;
    numbers.set(producer, { first, next });
  }
  broker.taken.push(...batch.records);
  return 0;
}

function takenOf(partition: number, { key, value, headers }: DecodedRecord): Taken {
  return {
    partition,
    key: key?.toString() ?? null,
    value: value.toString(),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [name, text.toString()]),
    ),
  };
}

function int16s(...values: number[]): Encoder {
  const encoder = new Encoder();
  for (const value of values) encoder.writeInt16(value);
  return encoder;
}

/** The parts of kafkajs that are used, which have no types. */
interface Encoder {
  readonly buffer: Buffer;
  size(): number;
  writeInt16(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeInt64(value: number): Encoder;
  writeBoolean(value: boolean): Encoder;
  writeString(value: string | null): Encoder;
  writeArray(items: readonly (Encoder | number)[]): Encoder;
  writeEncoder(encoder: Encoder): Encoder;
}

interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readString(): string;
  readBytes(): Buffer;
}

interface DecodedRecord {
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, Buffer>>;
}

interface DecodedBatch {
  readonly records: readonly DecodedRecord[];
  readonly producerId: string;
  readonly firstSequence: number;
}

const require = createRequire(import.meta.url);
const Encoder = require('kafkajs/src/protocol/encoder') as new () => Encoder;
const Decoder = require('kafkajs/src/protocol/decoder') as new (buffer: Buffer) => Decoder;
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: Decoder,
) => Promise<DecodedBatch>;
