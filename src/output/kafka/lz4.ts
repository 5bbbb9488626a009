import { blocksOf, eachMatch } from '../matches.ts';

/**
 * LZ4 in its frame format, as Kafka's clients read it: independent blocks of 64 KiB, no checksums
 * but the header's own, which is always the same because the header is
 * (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md).
 */
export function compressLz4(input: Buffer): Buffer {
  const blocks = blocksOf(input).flatMap((block) => {
    const compressed = compressBlock(block);
    return compressed.length < block.length
      ? [uint32(compressed.length), compressed]
      : [uint32((block.length | NOT_COMPRESSED) >>> 0), block];
  });
  return Buffer.concat([FRAME_HEADER, ...blocks, uint32(0)]);
}

/** Magic number, version 1 with independent blocks, blocks of up to 64 KiB, checksum of the two. */
const FRAME_HEADER = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]);
const NOT_COMPRESSED = 0x80000000;

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** The block format (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md). */
function compressBlock(block: Buffer): Buffer {
  // Only new bytes make a block grow: one length byte for 255 of them.
  const output = Buffer.allocUnsafe(block.length + Math.ceil(block.length / 255) + 16);
  let end = 0;

  function writeNewBytes(from: number, to: number, copied: number): void {
    const token = (Math.min(to - from, IN_TOKEN_MAX) << 4) | Math.min(copied, IN_TOKEN_MAX);
    end = output.writeUInt8(token, end);
    writeLength(to - from);
    end += block.copy(output, end, from, to);
  }

  /** What of a length is beyond the token's four bits: bytes that are added up until one is not 255. */
  function writeLength(length: number): void {
    if (length < IN_TOKEN_MAX) return;
    let rest = length - IN_TOKEN_MAX;
    for (; rest >= 255; rest -= 255) end = output.writeUInt8(255, end);
    end = output.writeUInt8(rest, end);
  }

  const last = eachMatch(block, (from, at, length, offset) => {
    writeNewBytes(from, at, length - COPY_MIN);
    end = output.writeUInt16LE(offset, end);
    writeLength(length - COPY_MIN);
  });
  writeNewBytes(last, block.length, 0);
  return output.subarray(0, end);
}

const IN_TOKEN_MAX = 15;
/** The shortest copy, which is written as 0. */
const COPY_MIN = 4;
