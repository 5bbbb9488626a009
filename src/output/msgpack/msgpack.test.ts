import assert from 'node:assert/strict';
import test from 'node:test';
import { type Packable, packed } from './pack.ts';
import { unpacked } from './unpack.ts';

/** By hand, from the specification of MessagePack. */
const CASES: readonly (readonly [value: Packable, hex: string])[] = [
  [null, 'c0'],
  [true, 'c3'],
  [7, '07'],
  [-1, 'd3ffffffffffffffff'],
  [1.5, 'cb3ff8000000000000'],
  ['ä', 'a2c3a4'],
  ['x'.repeat(32), `d920${'78'.repeat(32)}`],
  [JSON.rawJSON('1786406649137331079'), 'cf18ca93b62e16d387'],
  [JSON.rawJSON('99999999999999999999'), `b4${'39'.repeat(20)}`],
  [[1, 'a'], '9201a161'],
  [{ a: [] }, '81a16190'],
  [{ timeNs: 1_000_000_002n }, 'd7000000000100000002'],
  // Before 1970: of the seconds the protocol has 32 bits.
  [{ timeNs: -750_000_000n }, 'd700ffffffff0ee6b280'],
];

test('values are packed as MessagePack has them', () => {
  for (const [value, hex] of CASES) {
    if (hex.startsWith('cf')) {
      const bytes = packed(value);
      assert.equal(bytes[0], 0xcf);
      assert.equal(bytes.readBigUInt64BE(1), 1_786_406_649_137_331_079n);
    } else assert.equal(packed(value).toString('hex'), hex);
  }
});

test('what has not come to its end is waited for, and what is none is refused', () => {
  const whole = packed(['HELO', { nonce: 'n', keepalive: true }]);
  for (let length = 0; length < whole.length; length += 1) {
    assert.equal(unpacked(whole.subarray(0, length)), undefined);
  }
  assert.equal(unpacked(whole)?.bytes, whole.length);
  assert.throws(() => unpacked(Buffer.from('c1', 'hex')), /no type/);
  assert.throws(() => unpacked(Buffer.alloc(20, 0x91)), /too deep/);
});
