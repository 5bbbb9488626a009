import { blocksOf, eachMatch } from './matches.ts';

/**
 * Snappy without a frame around it: the length of the input, then its blocks
 * (https://github.com/google/snappy/blob/main/format_description.txt).
 */
export function compressSnappy(input: Buffer): Buffer {
  return Buffer.concat([varint(input.length), ...blocksOf(input).map(compressBlock)]);
}

function compressBlock(block: Buffer): Buffer {
  // A copy takes 3 bytes for 4 or more; only what says that bytes are new makes a block grow.
  const output = Buffer.allocUnsafe(block.length + Math.ceil(block.length / 6) + 32);
  let end = 0;

  function writeNewBytes(from: number, to: number): void {
    const length = to - from - 1;
    if (length < 0) return;
    if (length < IN_TAG_MAX) {
      end = output.writeUInt8(length << 2, end);
    } else {
      end = output.writeUInt8(TWO_LENGTH_BYTES << 2, end);
      end = output.writeUInt16LE(length, end);
    }
    end += block.copy(output, end, from, to);
  }

  function writeCopy(length: number, offset: number): void {
    end = output.writeUInt8(((length - 1) << 2) | COPY_WITH_TWO_BYTES, end);
    end = output.writeUInt16LE(offset, end);
  }

  const last = eachMatch(block, (from, at, length, offset) => {
    writeNewBytes(from, at);
    let rest = length;
    for (; rest > COPY_MAX; rest -= COPY_MAX) writeCopy(COPY_MAX, offset);
    writeCopy(rest, offset);
  });
  writeNewBytes(last, block.length);
  return output.subarray(0, end);
}

const IN_TAG_MAX = 60;
const TWO_LENGTH_BYTES = 61;
const COPY_WITH_TWO_BYTES = 2;
const COPY_MAX = 64;

/** Seven bits a byte, the lowest first; all but the last carry the eighth. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}
