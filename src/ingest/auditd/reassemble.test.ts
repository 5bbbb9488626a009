import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reassembler } from './reassemble.ts';
import { parseRecord } from './record.ts';

test('records of many short fields are held by what they take in memory', () => {
  const reassembler = new Reassembler(1024 * 1024);
  const fields = Array.from({ length: 200 }, (_, at) => `a${at.toString(36)}=b`).join(' ');
  let held = 0;
  for (let serial = 0; serial < 2000; serial += 1) {
    const record = parseRecord(`type=PATH msg=audit(1786406401.512:${serial}): ${fields}`)!;
    held += 1 - reassembler.add(record, 'node-1', 0, 0).length;
  }
  // Each takes some 25 kB.
  assert.ok(held > 20 && held < 80, `${held} events are held`);
  assert.equal(reassembler.giveUp(0, true).length, held);
});
