import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PRIORITIES } from '../../alert.ts';
import { newAlert } from '../../../test/support/store-rig.ts';
import { Tail } from './tail.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function push(tail: Tail, n: number, { shard = 4, lanes = [1], bytes = 100 } = {}): void {
  const json = 'x'.repeat(bytes);
  tail.push(newAlert({ priority: PRIORITIES[shard]!, json, receivedAtMs: n, lanes }), n);
}

const numbers = (tail: Tail, after: number, head: number, limit = 1000, lane = 1, shard = 4) =>
  tail.read(lane, shard, after, limit, head)?.alerts.map(({ position }) => position.n);

test('a lane near the head reads from memory; one that is behind does not', () => {
  const tail = new Tail(1_000_000, 10);
  for (let n = 11; n <= 20; n += 1) push(tail, n);
  assert.deepEqual(numbers(tail, 10, 20), [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  assert.deepEqual(numbers(tail, 17, 20), [18, 19, 20]);
  assert.deepEqual(numbers(tail, 20, 20), []);
  assert.equal(numbers(tail, 9, 20), undefined);
});

test('other lanes and shards are passed over, and it says how far it looked', () => {
  const tail = new Tail(1_000_000, 0);
  push(tail, 1, { lanes: [1, 2] });
  push(tail, 2, { lanes: [2] });
  push(tail, 3, { shard: 0 });
  push(tail, 4, { lanes: [] });
  push(tail, 5);
  const read = tail.read(1, 4, 0, 10, 5);
  assert.deepEqual(
    read?.alerts.map(({ position }) => position.n),
    [1, 5],
  );
  assert.equal(read?.scannedTo, 5);
  assert.equal(tail.read(1, 4, 0, 1, 5)?.scannedTo, 1, 'cut short, it ends at the last alert');
  assert.deepEqual(numbers(tail, 0, 5, 10, 1, 0), [3]);
  assert.deepEqual(numbers(tail, 0, 5, 10, 2), [1, 2]);
});

test('the oldest go first, whatever their shard, and their shard no longer reaches back', () => {
  const tail = new Tail(500, 0);
  for (let n = 1; n <= 10; n += 1) push(tail, n, { shard: n % 2 === 0 ? 4 : 0 });
  assert.equal(numbers(tail, 0, 10), undefined);
  assert.equal(numbers(tail, 2, 10), undefined);
  assert.deepEqual(numbers(tail, 4, 10), [6, 8, 10]);
  assert.deepEqual(numbers(tail, 5, 10, 10, 1, 0), [7, 9]);
});

test('an alert larger than the tail leaves it empty, and nothing is skipped', () => {
  const tail = new Tail(500, 0);
  push(tail, 1);
  push(tail, 2, { bytes: 1000 });
  assert.equal(numbers(tail, 1, 2), undefined, 'the file has it');
  assert.deepEqual(numbers(tail, 2, 2), []);
  push(tail, 3);
  assert.deepEqual(numbers(tail, 2, 3), [3]);
});

test('a read hands over about 1 MiB at most', () => {
  const tail = new Tail(100_000_000, 0);
  for (let n = 1; n <= 30; n += 1) push(tail, n, { bytes: 100_000 });
  const read = tail.read(1, 4, 0, 1000, 30);
  assert.equal(read?.alerts.length, 11);
  assert.equal(read?.scannedTo, 11);
  assert.equal(tail.read(1, 4, 0, 1000, 30, 250_000)?.scannedTo, 3, 'or what is asked for');
});

test('through many rounds a lane that keeps up misses nothing and sees nothing twice', () => {
  const tail = new Tail(5000, 0);
  const seen: number[] = [];
  let after = 0;
  for (let n = 1; n <= 2000; n += 1) {
    push(tail, n, { lanes: n % 7 === 0 ? [2] : [1] });
    if (n % 30 !== 0) continue;
    for (;;) {
      const read = tail.read(1, 4, after, 7, n);
      assert.ok(read, `the tail reaches back to ${after} at ${n}`);
      seen.push(...read.alerts.map(({ position }) => position.n));
      after = read.scannedTo;
      if (after === n) break;
    }
  }
  const expected = Array.from({ length: after }, (_, i) => i + 1).filter((n) => n % 7 !== 0);
  assert.deepEqual(seen, expected);
});

test('memory of what went is given back, also where alerts are few and large', async () => {
  const tail = new Tail(1_000_000, 0);
  const gone: WeakRef<object>[] = [];
  for (let n = 1; n <= 60; n += 1) {
    push(tail, n, { bytes: 100_000 });
    const [entry] = tail.read(1, 4, n - 1, 1, n)?.alerts ?? [];
    assert.ok(entry);
    gone.push(new WeakRef(entry));
  }
  // A WeakRef holds on until the turn in which it was made is over.
  await nextTurn();
  collectGarbage();
  const kept = gone.filter((ref) => ref.deref() !== undefined).length;
  assert.ok(kept <= 12, `${kept} alerts of 100 kB are kept by a tail of 1 MB`);
});

test('what only lanes want that are behind is not kept, and they are sent to the file for it', () => {
  const tail = new Tail(1_000_000, 0);
  assert.deepEqual(numbers(tail, 0, 0, 1000, 1), []);
  assert.deepEqual(numbers(tail, 0, 0, 1000, 2), []);
  for (let n = 1; n <= 10; n += 1) push(tail, n, { lanes: [1, 2] });
  assert.deepEqual(numbers(tail, 0, 10, 1000, 1)?.length, 10);
  for (let n = 11; n <= 400; n += 1) {
    push(tail, n, { lanes: [1, 2], bytes: 10_000 });
    assert.deepEqual(numbers(tail, n - 1, n, 1000, 1), [n], 'lane 1 keeps up');
  }
  // Lane 2 has read nothing since, and the tail no longer reaches back to it.
  push(tail, 401, { lanes: [2] });
  push(tail, 402, { lanes: [1] });
  assert.equal(numbers(tail, 0, 402, 1000, 2), undefined);
  assert.equal(numbers(tail, 400, 402, 1000, 2), undefined, 'there is a hole before 402');
  assert.deepEqual(numbers(tail, 400, 402, 1000, 1), [402], 'there is none for lane 1');
  tail.noteRead(2, 4, 402);
  push(tail, 403, { lanes: [2] });
  assert.deepEqual(numbers(tail, 402, 403, 1000, 2), [403], 'it has caught up');
});
