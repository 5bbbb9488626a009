import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SingleResult } from './define.ts';
import { createOutbox } from './outbox.ts';

const DELIVERED: SingleResult = { outcome: 'delivered' };
const REFUSED: SingleResult = { outcome: 'reject', reason: 'payload', detail: 'no' };
const LOST: SingleResult = { outcome: 'retry', reason: 'network', detail: 'gone' };

function start() {
  const written: [number, string][] = [];
  return { written, outbox: createOutbox<string>((seq, item) => written.push([seq, item])) };
}

test('nothing goes before there is credit, and then no more than that, in order', async () => {
  const { written, outbox } = start();
  const results = ['a', 'b', 'c', 'd'].map((item) => outbox.add(item));
  assert.deepEqual([written, outbox.credit()], [[], undefined]);
  outbox.acknowledge(0, 2);
  assert.deepEqual(written.splice(0), [
    [1, 'a'],
    [2, 'b'],
  ]);
  outbox.acknowledge(1, 2);
  assert.deepEqual(written.splice(0), [[3, 'c']]);
  assert.deepEqual(await results[0], DELIVERED);
  // What was given is less than what is under way: nothing more goes until that is settled.
  outbox.acknowledge(1, 0);
  outbox.acknowledge(2, 1);
  assert.deepEqual(written, []);
  outbox.acknowledge(3, 1);
  assert.deepEqual(written, [[4, 'd']]);
  assert.deepEqual(await Promise.all(results.slice(1, 3)), [DELIVERED, DELIVERED]);
});

test('what is settled by its number is not delivered by a later acknowledgement', async () => {
  const { outbox } = start();
  const results = ['a', 'b', 'c'].map((item) => outbox.add(item));
  outbox.acknowledge(0, 3);
  outbox.settle(2, REFUSED);
  outbox.acknowledge(3, 3);
  assert.deepEqual(await Promise.all(results), [DELIVERED, REFUSED, DELIVERED]);
});

test('numbers that nobody used settle nothing', async () => {
  const { outbox } = start();
  outbox.acknowledge(0, 1);
  outbox.settle(7, REFUSED);
  outbox.acknowledge(2 ** 53, 1);
  const result = outbox.add('a');
  outbox.settle(1, REFUSED);
  assert.deepEqual(await result, REFUSED);
});

test('its end settles what is under way, what waits and what comes later, once', async () => {
  const { written, outbox } = start();
  const early = ['a', 'b'].map((item) => outbox.add(item));
  outbox.acknowledge(0, 1);
  outbox.close(LOST);
  outbox.close(REFUSED);
  outbox.acknowledge(2, 9);
  const results = await Promise.all([...early, outbox.add('c')]);
  assert.deepEqual(results, [LOST, LOST, LOST]);
  assert.deepEqual(written, [[1, 'a']]);
});
