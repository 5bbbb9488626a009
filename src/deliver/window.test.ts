import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position, StoredAlert } from '../queue/queue.ts';
import type { Entry } from './entry.ts';
import { Window } from './window.ts';

function alert(shard: number, n: number, bytes = 10): StoredAlert {
  const json = 'x'.repeat(bytes);
  return { position: { shard, n }, json, ingest: '{}', receivedAtMs: n };
}

const START = Array.from({ length: 8 }, (_, shard): Position => ({ shard, n: 0 }));

/** A window over these numbers of one shard. */
function over(shard: number, numbers: readonly number[], scannedTo = Math.max(0, ...numbers)) {
  const window = new Window(START, []);
  window.add(shard, { alerts: numbers.map((n) => alert(shard, n)), damaged: [], scannedTo }, 0);
  const entry = (n: number): Entry => {
    const found = all(window).find(({ position }) => position?.shard === shard && position.n === n);
    assert.ok(found, `no ${n}`);
    return found;
  };
  return { window, entry };
}

const all = (window: Window): Entry[] => [
  ...window.candidates(true, Number.POSITIVE_INFINITY),
  ...window.candidates(false, Number.POSITIVE_INFINITY),
];

const numbers = (entries: readonly Entry[]): (number | undefined)[] =>
  entries.map(({ position }) => position?.n);

test('a cursor stops just before the oldest alert that is pending or under way', () => {
  const { window, entry } = over(4, [2, 3, 5, 9], 12);
  assert.deepEqual(window.progress().cursors, [{ shard: 4, from: 0, to: 1, delivered: 0 }]);
  const entries = [2, 3, 5, 9].map(entry) as [Entry, Entry, Entry, Entry];
  for (const one of entries) one.state = 'delivered';
  entries[2].state = 'flying';
  assert.deepEqual(window.progress().cursors, [{ shard: 4, from: 0, to: 4, delivered: 2 }]);
  entries[2].state = 'pending';
  assert.deepEqual(window.progress().cursors, [{ shard: 4, from: 0, to: 4, delivered: 2 }]);
  entries[2].state = 'excepted';
  assert.deepEqual(window.progress().cursors, [{ shard: 4, from: 0, to: 12, delivered: 3 }]);
});

test('what the cursor passed leaves the window, with its bytes', () => {
  const { window, entry } = over(4, [1, 2, 3]);
  entry(1).state = 'delivered';
  assert.equal(window.bytes(false), 30);
  window.moveTo([{ shard: 4, n: 1 }]);
  assert.equal(window.bytes(false), 20);
  assert.equal(window.size, 2);
  assert.deepEqual(window.progress().cursors, []);
  window.moveTo([{ shard: 4, n: 0 }]);
  assert.deepEqual(window.cursors()[4], { shard: 4, n: 1 }, 'a cursor never goes back');
});

test('a cursor that is moved beyond what was read moves reading, too', () => {
  const { window, entry } = over(4, [1, 2]);
  const gone = entry(2);
  window.moveTo([{ shard: 4, n: 50 }]);
  assert.equal(window.scannedTo(4), 50);
  assert.equal(window.holds(gone), false);
  assert.equal(window.isSettled(), true);
  assert.equal(window.bytes(false), 0);
});

test('deliveries beyond a cursor are told apart from what waits', () => {
  const { window, entry } = over(4, [1, 2, 3]);
  entry(2).state = 'delivered';
  assert.deepEqual(window.deliveredBeyond(), [{ shard: 4, n: 2 }]);
  assert.equal(window.isSettled(), false);
});

test('what holds a cursor back from deliveries is told apart from what merely waits', () => {
  const { window, entry } = over(4, [1, 2, 3, 4, 5]);
  assert.deepEqual(window.holdingBack(), []);
  entry(2).state = 'delivered';
  entry(3).state = 'flying';
  const last = entry(4);
  last.state = 'delivered';
  assert.deepEqual(numbers(window.holdingBack()), [1, 3]);
});

test('exceptions from before a start are not sent again, nor told as damaged', () => {
  const settled = [
    { shard: 4, n: 2 },
    { shard: 4, n: 3 },
  ];
  const window = new Window(START, settled);
  const damaged = [{ shard: 4, n: 3 }];
  window.add(4, { alerts: [alert(4, 1), alert(4, 2)], damaged, scannedTo: 3 }, 0);
  assert.deepEqual(numbers(all(window)), [1]);
  const [entry] = all(window);
  (entry as Entry).state = 'delivered';
  assert.deepEqual(window.progress(), {
    cursors: [{ shard: 4, from: 0, to: 3, delivered: 1 }],
    damaged: [],
  });
});

test('damaged alerts hold nothing up, and are told when a cursor passes them', () => {
  const window = new Window(START, []);
  const damaged = [
    { shard: 4, n: 1 },
    { shard: 4, n: 3 },
  ];
  window.add(4, { alerts: [alert(4, 2)], damaged, scannedTo: 3 }, 0);
  assert.deepEqual(window.progress().damaged, [{ shard: 4, n: 1 }]);
  const [entry] = all(window);
  (entry as Entry).state = 'delivered';
  assert.deepEqual(window.progress().damaged, damaged);
});

test('what was tried least goes first, then what is oldest, across the shards of a kind', () => {
  const { window, entry } = over(4, [2, 4, 6]);
  window.add(7, { alerts: [alert(7, 1), alert(7, 5)], damaged: [], scannedTo: 6 }, 0);
  window.add(0, { alerts: [alert(0, 3)], damaged: [], scannedTo: 6 }, 0);
  assert.deepEqual(numbers(window.candidates(false, 0)), [1, 2, 4, 5, 6]);
  assert.deepEqual(numbers(window.candidates(true, 0)), [3]);
  entry(2).tries = 1;
  entry(4).notBeforeMs = 100;
  assert.deepEqual(numbers(window.candidates(false, 99)), [1, 5, 6, 2]);
  assert.deepEqual(numbers(window.candidates(false, 100)), [1, 4, 5, 6, 2]);
  assert.equal(window.nextDueMs(), 100);
});

test('the oldest that waits is told, whatever its shard', () => {
  const { window, entry } = over(4, [5, 6]);
  window.add(1, { alerts: [alert(1, 7)], damaged: [], scannedTo: 7 }, 0);
  assert.equal(window.oldestReceivedAtMs(), 5);
  entry(5).state = 'delivered';
  assert.equal(window.oldestReceivedAtMs(), 6);
  assert.equal(new Window(START, []).oldestReceivedAtMs(), undefined);
});

test('a window that only skipped moves its cursor', () => {
  const window = new Window(START, []);
  window.add(4, { alerts: [], damaged: [], scannedTo: 2000 }, 0);
  assert.deepEqual(window.progress().cursors, [{ shard: 4, from: 0, to: 2000, delivered: 0 }]);
});
