import assert from 'node:assert/strict';
import test from 'node:test';
import { corpusLines } from '../../test/support/corpus.ts';
import { Random } from '../../test/support/random.ts';
import { readSnappy } from '../../test/support/snappy.ts';
import { compressSnappy } from './snappy.ts';

const random = new Random(20_261_122);

const inputs: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  'one byte': Buffer.from('a'),
  'many blocks of one byte': Buffer.alloc(300_000, 'a'),
  'many blocks of noise': Buffer.from(Array.from({ length: 200_000 }, () => random.below(256))),
  alerts: Buffer.from(corpusLines.join('\n')),
};

for (const [name, input] of Object.entries(inputs)) {
  test(`Snappy gives back ${name}`, () => {
    assert.ok(readSnappy(compressSnappy(input)).equals(input));
  });
}
