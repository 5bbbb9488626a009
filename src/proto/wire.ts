/** Protocol Buffers' wire format (https://protobuf.dev/programming-guides/encoding). */

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

/** Text, bytes, or a message within a message. */
export function bytesField(id: number, content: Uint8Array): Buffer {
  return Buffer.concat([tag(id, BYTES), varint(BigInt(content.length)), content]);
}

export function numberField(id: number, value: bigint): Buffer {
  return Buffer.concat([tag(id, VARINT), varint(value)]);
}

/** Eight bytes, whatever the number. */
export function fixed64Field(id: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return Buffer.concat([tag(id, FIXED64), bytes]);
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
