import assert from 'node:assert/strict';

/** Reads what Snappy wrote without a frame, by the book. */
export function readSnappy(block: Buffer): Buffer {
  const output: number[] = [];
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = block[at++] ?? 0;
    length |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  while (at < block.length) {
    const tag = block[at++] ?? 0;
    if ((tag & 3) === 2) {
      copy(output, block.readUInt16LE(at), (tag >> 2) + 1);
      at += 2;
      continue;
    }
    assert.equal(tag & 3, 0);
    const bytes = Math.max(0, (tag >> 2) - 59);
    const fresh = (bytes === 0 ? tag >> 2 : block.readUIntLE(at, bytes)) + 1;
    at += bytes;
    output.push(...block.subarray(at, at + fresh));
    at += fresh;
  }
  assert.equal(output.length, length);
  return Buffer.from(output);
}

/** Repeats what came `offset` bytes earlier. */
export function copy(output: number[], offset: number, length: number): void {
  assert.ok(offset > 0 && offset <= output.length);
  for (let n = 0; n < length; n += 1) output.push(output[output.length - offset] as number);
}
