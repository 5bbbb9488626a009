import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { type Unpacked, unpacked } from '../../src/output/msgpack/unpack.ts';
import { chunksOf, forwardMessage } from './payload.ts';

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
