import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { lineOf } from './payload.ts';

test('brackets in names become dots, tags are added, and digits stay', () => {
  const fields = {
    'proc.aname[2]': 'a',
    'proc.aname.2': 'b',
    n: JSON.rawJSON('1786406649137331079'),
  };
  const delivery = deliveryOf(alertWith({ tags: ['a'], fields }));
  const line = lineOf(delivery, { tags: ['b', 'a'], format: 'falco' });
  assert.match(line, /"output_fields":\{.*"n":1786406649137331079/);
  const { output_fields: found, tags } = JSON.parse(line) as Record<string, object>;
  assert.deepEqual(Object.values(found as object).slice(0, 3).length, 3);
  assert.deepEqual(tags, ['a', 'b']);
  assert.ok(Object.keys(found as object).every((name) => !/[[\]]/.test(name)));
  const plain = deliveryOf(alertWith());
  assert.equal(lineOf(plain, { tags: [], format: 'falco' }), `${plain.json}\n`);
});
