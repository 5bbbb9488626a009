import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inPieces } from '../pieces.ts';
import { frameOf, readMessage } from './frames.ts';

const MESSAGES = ['', 'a', 'x'.repeat(70_000), 'the last'].map((text) => Buffer.from(text));
const body = Buffer.concat(MESSAGES.map(frameOf));

for (const size of [1, 4, 5, 6, 1000, body.length]) {
  test(`messages are read from pieces of ${size} bytes`, () => {
    const pieces = inPieces(readMessage);
    const read: Buffer[] = [];
    for (let at = 0; at < body.length; at += size) {
      read.push(...pieces.read(body.subarray(at, at + size)));
    }
    assert.deepEqual(read.map(String), MESSAGES.map(String));
    assert.equal(pieces.rest(), 0);
  });
}

for (const [what, head, expected] of [
  ['of 1 MiB may come', [0, 0, 0x10, 0, 0], undefined],
  ['beyond that may not', [0, 0, 0x10, 0, 1], /a message of 1048577 bytes/],
  ['that is compressed may not', [1, 0, 0, 0, 1], /compressed/],
] as const) {
  test(`a message ${what}`, () => {
    const read = () => readMessage(Buffer.from(head));
    if (expected === undefined) assert.equal(read(), undefined);
    else assert.throws(read, expected);
  });
}
