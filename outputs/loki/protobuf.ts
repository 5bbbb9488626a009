import type { Entry, Stream } from './payload.ts';

/**
 * Loki's `logproto.PushRequest` in Protocol Buffers' wire format
 * (https://github.com/grafana/loki/blob/main/pkg/push/push.proto).
 */
export function writePush(streams: readonly Stream[]): Buffer {
  return Buffer.concat(streams.map((stream) => field(STREAMS, writeStream(stream))));
}

const STREAMS = 1;
const LABELS = 1;
const ENTRIES = 2;
const TIMESTAMP = 1;
const LINE = 2;
const SECONDS = 1;
const NANOS = 2;

function writeStream({ labels, entries }: Stream): Buffer {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return Buffer.concat([
    field(LABELS, Buffer.from(`{${pairs.join(', ')}}`)),
    ...entries.map((entry) => field(ENTRIES, writeEntry(entry))),
  ]);
}

const NS_PER_S = 1_000_000_000n;

function writeEntry({ timeNs, line }: Entry): Buffer {
  // The nanoseconds count forward, also before 1970.
  const nanos = BigInt.asUintN(64, ((timeNs % NS_PER_S) + NS_PER_S) % NS_PER_S);
  const seconds = (timeNs - nanos) / NS_PER_S;
  const time = Buffer.concat([number(SECONDS, seconds), number(NANOS, nanos)]);
  return Buffer.concat([field(TIMESTAMP, time), field(LINE, Buffer.from(line))]);
}

const VARINT = 0;
const BYTES = 2;

function field(id: number, content: Buffer): Buffer {
  return Buffer.concat([tag(id, BYTES), varint(BigInt(content.length)), content]);
}

function number(id: number, value: bigint): Buffer {
  return Buffer.concat([tag(id, VARINT), varint(value)]);
}

function tag(id: number, kind: number): Buffer {
  return Buffer.from([(id << 3) | kind]);
}

/** Seven bits a byte, the lowest first; a number below 0 is one of 64 bits. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
