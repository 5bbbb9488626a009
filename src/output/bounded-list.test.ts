import assert from 'node:assert/strict';
import test from 'node:test';
import { boundedList } from './bounded-list.ts';

const ANY_SIZE = { itemsMax: 3, bytesMax: 1_000_000 };
const equal = (): number => 0;

test('what fits stays, in its order', () => {
  assert.deepEqual(boundedList([], ANY_SIZE, equal), []);
  assert.deepEqual(boundedList(['c', 'a', 'b'], ANY_SIZE, equal), ['c', 'a', 'b']);
});

test('the oldest goes first', () => {
  assert.deepEqual(boundedList(['a', 'b', 'c', 'd', 'e'], ANY_SIZE, equal), ['c', 'd', 'e']);
});

test('the lowest rank goes first, of those the oldest', () => {
  const ranked = [9, 1, 5, 1, 5];
  assert.deepEqual(
    boundedList(ranked, ANY_SIZE, (item) => item),
    [9, 5, 5],
  );
  assert.deepEqual(
    boundedList(ranked, { ...ANY_SIZE, itemsMax: 4 }, (item) => item),
    [9, 5, 1, 5],
  );
});

test('bytes are counted as JSON has them', () => {
  const limits = { itemsMax: 100, bytesMax: 12 };
  assert.deepEqual(boundedList(['aaaa', 'bb', 'cc', 'dd'], limits, equal), ['bb', 'cc', 'dd']);
  assert.deepEqual(boundedList(['語', '語', '語'], limits, equal), ['語', '語']);
  assert.deepEqual(boundedList(['far too large a text'], limits, equal), []);
});
