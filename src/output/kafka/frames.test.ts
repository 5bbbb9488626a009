import assert from 'node:assert/strict';
import test from 'node:test';
import { createFrameCheck } from './frames.ts';

const frames = Buffer.concat([frame(4), frame(300), frame(70_000), frame(5)]);

for (const size of [1, 3, 4, 7, 1000, frames.length]) {
  test(`frames pass in pieces of ${size} bytes`, () => {
    const check = createFrameCheck();
    for (let at = 0; at < frames.length; at += size) {
      assert.ok(check(frames.subarray(at, at + size)));
    }
  });

  test(`what follows frames is found out in pieces of ${size} bytes`, () => {
    const check = createFrameCheck();
    const bytes = Buffer.concat([frames, Buffer.from([0xff, 0xff, 0xff, 0xff])]);
    let passed = true;
    for (let at = 0; at < bytes.length; at += size) {
      passed = check(bytes.subarray(at, at + size));
      assert.equal(passed, at + size < bytes.length);
    }
  });
}

for (const [length, passes] of [
  [-2_147_483_648, false],
  [-1, false],
  [0, false],
  [3, false],
  [4, true],
  [16 * 1024 * 1024, true],
  [16 * 1024 * 1024 + 1, false],
  [2_147_483_647, false],
] as const) {
  test(`a frame of ${length} bytes ${passes ? 'may begin' : 'ends it'}`, () => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(length);
    assert.equal(createFrameCheck()(bytes), passes);
  });
}

function frame(length: number): Buffer {
  const bytes = Buffer.alloc(4 + length, 0xee);
  bytes.writeInt32BE(length);
  return bytes;
}
