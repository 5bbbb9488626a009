import { type FieldValue, isExactNumber } from '../../alert.ts';
import { secondsAndNanos } from '../time.ts';

/**
 * As much of MessagePack as the forward protocol needs.
 *
 * @see https://github.com/msgpack/msgpack/blob/master/spec.md
 */

/** What can be packed. An `EventTime` is the protocol's own type, with nanoseconds. */
export type Packable =
  | FieldValue
  | EventTime
  | readonly Packable[]
  | { readonly [name: string]: Packable };

export interface EventTime {
  readonly timeNs: bigint;
}

/** The bytes of a value. Integers beyond 64 bits, and decimals that no double holds, become text. */
export function packed(value: Packable): Buffer {
  if (typeof value === 'string') return packedText(value);
  if (typeof value === 'number') return packedNumber(value);
  if (typeof value === 'boolean') return Buffer.of(value ? 0xc3 : 0xc2);
  if (value === null) return Buffer.of(0xc0);
  if (Array.isArray(value)) {
    const items = value as readonly Packable[];
    return Buffer.concat([header(items.length, 0x90, 0xdc), ...items.map(packed)]);
  }
  if (isExactNumber(value)) return packedExact(value.rawJSON);
  if (isEventTime(value)) return packedTime(value.timeNs);
  const entries = Object.entries(value as Readonly<Record<string, Packable>>);
  const parts = entries.flatMap(([name, one]) => [packedText(name), packed(one)]);
  return Buffer.concat([header(entries.length, 0x80, 0xde), ...parts]);
}

function isEventTime(value: unknown): value is EventTime {
  return typeof (value as Partial<EventTime>).timeNs === 'bigint';
}

/** Of an array or a map: up to 15 within the byte, then 16 bits, then 32. */
function header(length: number, short: number, long: number): Buffer {
  if (length < 16) return Buffer.of(short | length);
  return length < 0x10000 ? withUint(long, length, 2) : withUint(long + 1, length, 4);
}

function packedText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([textHeader(bytes.length), bytes]);
}

function textHeader(length: number): Buffer {
  if (length < 32) return Buffer.of(0xa0 | length);
  if (length < 0x100) return withUint(0xd9, length, 1);
  return length < 0x10000 ? withUint(0xda, length, 2) : withUint(0xdb, length, 4);
}

function packedNumber(value: number): Buffer {
  if (Number.isSafeInteger(value)) return packedInteger(BigInt(value));
  const bytes = Buffer.alloc(9);
  bytes[0] = 0xcb;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

function packedExact(digits: string): Buffer {
  if (!/^-?\d{1,20}$/.test(digits)) return packedText(digits);
  const value = BigInt(digits);
  return value < INT64_MIN || value > UINT64_MAX ? packedText(digits) : packedInteger(value);
}

function packedInteger(value: bigint): Buffer {
  if (value >= 0n && value < 128n) return Buffer.of(Number(value));
  const bytes = Buffer.alloc(9);
  bytes[0] = value < 0n ? 0xd3 : 0xcf;
  if (value < 0n) bytes.writeBigInt64BE(value, 1);
  else bytes.writeBigUInt64BE(value, 1);
  return bytes;
}

/** Eight bytes of the type 0: seconds, of which it has 32 bits, and nanoseconds. */
function packedTime(timeNs: bigint): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.set([0xd7, 0x00]);
  const [seconds, nanos] = secondsAndNanos(timeNs);
  bytes.writeUInt32BE(Number(seconds & 0xffffffffn), 2);
  bytes.writeUInt32BE(Number(nanos), 6);
  return bytes;
}

function withUint(type: number, value: number, length: 1 | 2 | 4): Buffer {
  const bytes = Buffer.alloc(1 + length);
  bytes[0] = type;
  bytes.writeUIntBE(value, 1, length);
  return bytes;
}
