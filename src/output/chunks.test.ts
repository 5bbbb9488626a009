import assert from 'node:assert/strict';
import test from 'node:test';
import { chunksOf, sendChunks, sendGrouped } from './chunks.ts';
import type { SendResult, SingleResult } from './define.ts';

const delivered: SingleResult = { outcome: 'delivered' };
const retry: SingleResult = { outcome: 'retry', reason: 'server', detail: 'later' };
const reject: SingleResult = { outcome: 'reject', reason: 'payload', detail: 'no' };

function outcomesOf(result: SendResult): string[] {
  return result.outcome === 'partial'
    ? result.results.map(({ outcome }) => outcome)
    : [result.outcome];
}

test('chunks keep their order and their limits', () => {
  const cut = (items: number[]) => chunksOf(items, { itemsMax: 3, bytesMax: 10 }, (item) => item);
  assert.deepEqual(cut([]), []);
  assert.deepEqual(cut([1, 1, 1, 1]), [[1, 1, 1], [1]]);
  assert.deepEqual(cut([6, 4, 1, 99, 2]), [[6, 4], [1], [99], [2]]);
});

test('what comes after a failure is not tried', async () => {
  let sent = 0;
  const result = await sendChunks([[1], [2], [3]], async () => {
    sent += 1;
    return sent === 1 ? delivered : retry;
  });
  assert.equal(sent, 2);
  assert.deepEqual(outcomesOf(result), ['delivered', 'retry', 'retry']);
});

test('a chunk that is refused shows which item is meant', async () => {
  const send = async (chunk: readonly number[]) => (chunk.includes(3) ? reject : delivered);
  const result = await sendChunks([[1, 2, 3, 4, 5]], send);
  assert.deepEqual(outcomesOf(result), [
    'delivered',
    'delivered',
    'reject',
    'delivered',
    'delivered',
  ]);
});

test('one result where all are the same, and what is thrown is a failure', async () => {
  assert.deepEqual(await sendChunks([[1], [2]], async () => delivered), delivered);
  const thrown = await sendChunks([[1]], () => Promise.reject(new Error('bug')));
  assert.deepEqual(outcomesOf(thrown), ['reject']);
});

test('what has the same key goes together, and each item has its own result', async () => {
  const groups: string[] = [];
  const send = async (group: readonly string[]) => {
    groups.push(group.join(' '));
    if (group.includes('c2')) return retry;
    return group.includes('b1') ? reject : delivered;
  };
  const keyOf = (item: string) => item[0];
  const result = await sendGrouped(['a1', 'c1', 'b1', 'a2', 'b2', 'c2', 'd1'], keyOf, send);
  assert.deepEqual(groups, ['a1 a2', 'c1 c2']);
  assert.deepEqual(outcomesOf(result), [
    'delivered',
    'retry',
    'retry',
    'delivered',
    'retry',
    'retry',
    'retry',
  ]);
  const halved = await sendGrouped(['b1', 'a1', 'b2'], keyOf, send);
  assert.deepEqual(outcomesOf(halved), ['reject', 'delivered', 'delivered']);
  assert.deepEqual(await sendGrouped(['a1', 'd1'], keyOf, send), delivered);
});
