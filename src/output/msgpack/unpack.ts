import type { Whole } from '../pieces.ts';

/** Reads MessagePack, as far as servers of the forward protocol speak it. Throws on anything else. */

export type Unpacked = string | number | boolean | null | Unpacked[] | Map<Unpacked, Unpacked>;

/** The first value in the bytes; undefined where its end has not come yet. */
export function unpacked(bytes: Buffer): Whole<Unpacked> | undefined {
  const reader = { bytes, at: 0, depth: 0 };
  try {
    const value = read(reader);
    return { value, bytes: reader.at };
  } catch (error) {
    if (error === INCOMPLETE) return undefined;
    throw error;
  }
}

interface Reader {
  readonly bytes: Buffer;
  at: number;
  depth: number;
}

const INCOMPLETE = new Error('the end has not come yet');
const DEPTH_MAX = 8;

function read(reader: Reader): Unpacked {
  const type = take(reader, 1).readUInt8();
  if (type < 0x80) return type;
  if (type < 0x90) return readMap(reader, type & 0x0f);
  if (type < 0xa0) return readArray(reader, type & 0x0f);
  if (type < 0xc0) return take(reader, type & 0x1f).toString();
  if (type >= 0xe0) return type - 0x100;
  const readOne = READERS.get(type);
  if (readOne === undefined) throw new TypeError(`no type of the protocol: ${type}`);
  return readOne(reader);
}

const uint = (reader: Reader, length: 1 | 2 | 4): number => {
  return take(reader, length).readUIntBE(0, length);
};

const READERS: ReadonlyMap<number, (reader: Reader) => Unpacked> = new Map([
  [0xc0, () => null],
  [0xc2, () => false],
  [0xc3, () => true],
  // Servers write salts as bytes; each byte is a character then.
  [0xc4, (reader) => take(reader, uint(reader, 1)).toString('latin1')],
  [0xc5, (reader) => take(reader, uint(reader, 2)).toString('latin1')],
  [0xcc, (reader) => uint(reader, 1)],
  [0xcd, (reader) => uint(reader, 2)],
  [0xce, (reader) => uint(reader, 4)],
  [0xcf, (reader) => Number(take(reader, 8).readBigUInt64BE())],
  [0xd3, (reader) => Number(take(reader, 8).readBigInt64BE())],
  [0xd9, (reader) => take(reader, uint(reader, 1)).toString()],
  [0xda, (reader) => take(reader, uint(reader, 2)).toString()],
  [0xdb, (reader) => take(reader, uint(reader, 4)).toString()],
  [0xdc, (reader) => readArray(reader, uint(reader, 2))],
  [0xdd, (reader) => readArray(reader, uint(reader, 4))],
  [0xde, (reader) => readMap(reader, uint(reader, 2))],
  [0xdf, (reader) => readMap(reader, uint(reader, 4))],
  // The protocol's time, in seconds.
  [0xd7, (reader) => take(reader, 9).readUInt32BE(1)],
] as readonly (readonly [number, (reader: Reader) => Unpacked])[]);

function take(reader: Reader, length: number): Buffer {
  const end = reader.at + length;
  if (end > reader.bytes.length) throw INCOMPLETE;
  const part = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return part;
}

/** Each item has a byte at least, so a count that lies ends with the bytes. */
function readArray(reader: Reader, count: number): Unpacked[] {
  return nested(reader, () => {
    const items: Unpacked[] = [];
    while (items.length < count) items.push(read(reader));
    return items;
  });
}

function readMap(reader: Reader, count: number): Map<Unpacked, Unpacked> {
  return nested(reader, () => {
    const map = new Map<Unpacked, Unpacked>();
    for (let n = 0; n < count; n += 1) map.set(read(reader), read(reader));
    return map;
  });
}

function nested<T>(reader: Reader, work: () => T): T {
  reader.depth += 1;
  if (reader.depth > DEPTH_MAX) throw new TypeError('too deep');
  const result = work();
  reader.depth -= 1;
  return result;
}
