import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Random } from '../../../test/support/random.ts';
import { copy, readSnappy } from '../../../test/support/snappy.ts';
import { compressLz4 } from './lz4.ts';
import { frameSnappy } from './snappy.ts';

/** What is compressed must be what these make of it: readers by the books. Kafka's are tried with it. */

const corpus = readFileSync(
  new URL('../../../test/data/corpus/falco-alerts.ndjson', import.meta.url),
);
const random = new Random(20_261_122);

const inputs: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  'one byte': Buffer.from('a'),
  'less than a copy': Buffer.from('aaaaaaaaaaaa'),
  'one byte over and over': Buffer.alloc(200_000, 'a'),
  'a pair over and over': Buffer.from('ab'.repeat(40_000)),
  noise: noise(150_000),
  'noise that repeats far apart': Buffer.concat([noise(65_000), noise(400), noise(65_000)]),
  'a block, and a byte': noise(65_537, 4),
  'exactly two blocks': noise(131_072, 4),
  alerts: corpus,
};

for (const [name, input] of Object.entries(inputs)) {
  test(`LZ4 gives back ${name}`, () => {
    assert.ok(readLz4(compressLz4(input)).equals(input));
  });
  test(`Snappy gives back ${name}`, () => {
    assert.ok(readStream(frameSnappy(input)).equals(input));
  });
}

test('inputs of every length and repetition come back', () => {
  for (let length = 0; length < 400; length += 1) {
    const input = noise(length, 1 + (length % 5));
    assert.ok(readLz4(compressLz4(input)).equals(input), `LZ4, ${length}`);
    assert.ok(readStream(frameSnappy(input)).equals(input), `Snappy, ${length}`);
  }
});

test('alerts take a fraction of their size, noise hardly more than its own', () => {
  for (const compress of [compressLz4, frameSnappy]) {
    assert.ok(compress(corpus).length < corpus.length * 0.4);
    assert.ok(compress(inputs['noise'] as Buffer).length < 150_000 * 1.01);
  }
});

/** Bytes of so many values. */
function noise(length: number, values = 256): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(values)));
}

function readLz4(frame: Buffer): Buffer {
  assert.equal(frame.subarray(0, 7).toString('hex'), '04224d18604082');
  const blocks: Buffer[] = [];
  for (let at = 7; ; ) {
    const size = frame.readUInt32LE(at);
    at += 4;
    if (size === 0) {
      assert.equal(at, frame.length);
      return Buffer.concat(blocks);
    }
    const block = frame.subarray(at, at + (size & 0x7fffffff));
    blocks.push(size >= 0x80000000 ? block : readLz4Block(block));
    at += block.length;
  }
}

function readLz4Block(block: Buffer): Buffer {
  const output: number[] = [];
  let at = 0;
  const lengthOf = (bits: number): number => {
    let length = bits;
    for (let byte = bits === 15 ? 255 : 0; byte === 255; length += byte) byte = block[at++] ?? 0;
    return length;
  };
  while (at < block.length) {
    const token = block[at++] ?? 0;
    const fresh = lengthOf(token >> 4);
    output.push(...block.subarray(at, at + fresh));
    at += fresh;
    if (at === block.length) break;
    const offset = block.readUInt16LE(at);
    at += 2;
    copy(output, offset, lengthOf(token & 15) + 4);
  }
  return Buffer.from(output);
}

function readStream(stream: Buffer): Buffer {
  assert.equal(stream.subarray(0, 16).toString('latin1'), '\x82SNAPPY\0\0\0\0\x01\0\0\0\x01');
  const blocks: Buffer[] = [];
  for (let at = 16; at < stream.length; ) {
    const size = stream.readUInt32BE(at);
    blocks.push(readSnappy(stream.subarray(at + 4, at + 4 + size)));
    at += 4 + size;
  }
  return Buffer.concat(blocks);
}
