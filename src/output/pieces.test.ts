import assert from 'node:assert/strict';
import test from 'node:test';
import { inPieces, type ReadOne } from './pieces.ts';

/** Lines of text; none begins with `!`. */
const readLine: ReadOne<string> = (data) => {
  if (data[0] === 0x21) throw new TypeError('no line');
  const end = data.indexOf('\n');
  return end < 0 ? undefined : { value: data.toString('utf8', 0, end), bytes: end + 1 };
};

test('values are the same however their bytes come', () => {
  const bytes = Buffer.from('one\ntwö\n\nthree\nfo');
  for (let size = 1; size <= bytes.length; size += 1) {
    const pieces = inPieces(readLine);
    const values: string[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      values.push(...pieces.read(bytes.subarray(at, at + size)));
    }
    assert.deepEqual(values, ['one', 'twö', '', 'three']);
    assert.equal(pieces.rest(), 2);
  }
});

test('what can never be a value throws', () => {
  assert.throws(() => inPieces(readLine).read(Buffer.from('one\n!two')), /no line/);
});
