import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredAlert } from '../queue/queue.ts';
import type { Entry } from './entry.ts';
import { Unkept } from './unkept.ts';

function alert(bytes = 100): StoredAlert {
  const json = 'x'.repeat(bytes);
  return { position: { shard: 0, n: 0 }, json, ingest: '{}', receivedAtMs: 0 };
}

test('the memory for what is not on disk is bounded in count and bytes; the oldest go', () => {
  const unkept = new Unkept();
  let dropped = 0;
  for (let i = 0; i < 1500; i += 1) dropped += unkept.offer(alert(), i);
  assert.equal(dropped, 500);
  assert.equal(unkept.size, 1000);
  assert.equal(unkept.candidates(0)[0]?.readAtMs, 500);
  for (let i = 0; i < 10; i += 1) dropped += unkept.offer(alert(1_000_000), 2000);
  assert.equal(unkept.size, 2);
  assert.equal(unkept.offer(alert(5_000_000), 0), 3, 'what is larger than all of it does not stay');
  assert.equal(unkept.size, 0);
});

test('what was delivered goes silently, what was given up is counted, the rest stays', () => {
  const unkept = new Unkept();
  for (let i = 0; i < 4; i += 1) unkept.offer(alert(), 0);
  const [delivered, refused, again, flying] = unkept.candidates(0) as [Entry, Entry, Entry, Entry];
  delivered.state = 'delivered';
  refused.state = 'excepted';
  again.failures = 2;
  flying.state = 'flying';
  assert.equal(unkept.sweep(), 1);
  assert.equal(unkept.size, 2);
  assert.deepEqual(unkept.candidates(0), [again]);
  again.notBeforeMs = 100;
  assert.deepEqual(unkept.candidates(99), []);
});
