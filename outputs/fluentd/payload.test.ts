import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { type Packable, packed } from './msgpack.ts';
import { chunksOf, forwardMessage } from './payload.ts';
import { type Unpacked, unpacked } from './unpack.ts';

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
  assert.equal(unpacked(whole)?.end, whole.length);
  assert.throws(() => unpacked(Buffer.from('c1', 'hex')), /no type/);
  assert.throws(() => unpacked(Buffer.alloc(20, 0x91)), /too deep/);
});

test('a message has its tag, the time of each alert, and a chunk to acknowledge', () => {
  const delivery = deliveryOf(alertWith({ tags: ['a'], fields: { 'proc.pid': 7 } }));
  const message = unpacked(forwardMessage('falco', [delivery], 'c'))?.value as Unpacked[];
  const [tag, entries, options] = message as [string, [number, Map<string, Unpacked>][], unknown];
  assert.equal(tag, 'falco');
  assert.equal(entries[0]?.[0], Math.floor(Date.parse('2026-08-11T00:04:09Z') / 1000));
  const record = Object.fromEntries(entries[0]?.[1] ?? []);
  const { output_fields: fields, ...others } = record;
  assert.deepEqual(fields, new Map([['proc.pid', 7]]));
  assert.equal(others['priority'], 'Warning');
  assert.deepEqual(
    options,
    new Map<string, unknown>([
      ['size', 1],
      ['chunk', 'c'],
    ]),
  );
});

test('alerts of one tag in a row go together, in their order', () => {
  const rules = ['a', 'a', 'b', 'a'].map((rule) => deliveryOf(alertWith({ rule })));
  const chunks = chunksOf(rules, { tag: 'falco.<rule>' });
  assert.deepEqual(
    chunks.map(({ tag, deliveries }) => [tag, deliveries.length]),
    [
      ['falco.a', 2],
      ['falco.b', 1],
      ['falco.a', 1],
    ],
  );
});
