/**
 * What LZ4 and Snappy have in common: both write a block as bytes that are new, and copies of bytes
 * that came before.
 */

/** Bytes of input in one block. A copy may reach back 65,535, hence anywhere within its block. */
const BLOCK_BYTES_MAX = 64 * 1024;

/**
 * Told of each copy: the bytes from `from` to `at` are new, and the `length` bytes after them are
 * the same as those `offset` bytes earlier.
 */
export type OnMatch = (from: number, at: number, length: number, offset: number) => void;

const MATCH_BYTES_MIN = 4;
/** LZ4 ends a block with at least 5 new bytes, and begins no copy in the last 12. */
const NEW_BYTES_AT_END = 5;
const LAST_MATCH_BEFORE_END = 12;
const HASH_BITS = 14;
/** 2^32 divided by the golden ratio (Knuth): spreads words evenly over the table. */
const MULTIPLIER = 0x9e3779b1;
/** Where nothing repeats, steps grow by one every 64 bytes, so that noise costs little. */
const PATIENCE_BITS = 6;

/** Finds the copies of a block, first to last. Returns from where on the rest is new. */
export function eachMatch(block: Buffer, onMatch: OnMatch): number {
  const positions = new Int32Array(1 << HASH_BITS).fill(-1);
  const lastStart = block.length - LAST_MATCH_BEFORE_END;
  let from = 0;
  let at = 0;
  while (at <= lastStart) {
    const word = block.readInt32LE(at);
    const slot = Math.imul(word, MULTIPLIER) >>> (32 - HASH_BITS);
    const earlier = positions[slot] ?? -1;
    positions[slot] = at;
    if (earlier === -1 || block.readInt32LE(earlier) !== word) {
      at += 1 + ((at - from) >> PATIENCE_BITS);
      continue;
    }
    const length = matchLength(block, earlier, at);
    onMatch(from, at, length, at - earlier);
    at += length;
    from = at;
  }
  return from;
}

function matchLength(block: Buffer, earlier: number, at: number): number {
  const end = block.length - NEW_BYTES_AT_END;
  let length = MATCH_BYTES_MIN;
  while (at + length < end && block[earlier + length] === block[at + length]) length += 1;
  return length;
}

/** Cuts an input into blocks. */
export function blocksOf(input: Buffer): Buffer[] {
  const count = Math.ceil(input.length / BLOCK_BYTES_MAX);
  return Array.from({ length: count }, (_, n) =>
    input.subarray(n * BLOCK_BYTES_MAX, (n + 1) * BLOCK_BYTES_MAX),
  );
}
