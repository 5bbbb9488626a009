import { blocksOf } from '../matches.ts';
import { compressSnappy } from '../snappy.ts';

/**
 * Snappy in the framing of snappy-java, which is what Kafka's own client writes: a header, then
 * blocks behind their length (https://github.com/xerial/snappy-java, SnappyOutputStream).
 */
export function frameSnappy(input: Buffer): Buffer {
  const blocks = blocksOf(input).flatMap((block) => {
    const compressed = compressSnappy(block);
    return [uint32(compressed.length), compressed];
  });
  return Buffer.concat([STREAM_HEADER, ...blocks]);
}

/** Magic bytes, version 1, readable by version 1. */
const STREAM_HEADER = Buffer.from('\x82SNAPPY\0\0\0\0\x01\0\0\0\x01', 'latin1');

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
