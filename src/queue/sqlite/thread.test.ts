import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openQueue, temporaryDirectory } from '../../../test/support/queue-directory.ts';
import { newAlert } from '../../../test/support/store-rig.ts';
import { answer, startThread, ThreadFailure } from './thread.ts';

const DYING = '../../../test/support/dying-thread';

function start(): { thread: ReturnType<typeof startThread>; deaths: Error[] } {
  const deaths: Error[] = [];
  return { thread: startThread(DYING, undefined, (error) => void deaths.push(error)), deaths };
}

test('calls are answered, in order, and an error crosses over', async () => {
  const { thread, deaths } = start();
  const calls = [thread.call('ping'), thread.call('ping')];
  assert.deepEqual(await Promise.all(calls), ['pong', 'pong']);
  await assert.rejects(thread.call('fail'), ThreadFailure);
  void thread.call('close').catch(() => undefined);
  await thread.ended();
  assert.deepEqual(deaths.length, 1, 'it ended before it answered `close`');
});

for (const [how, message] of [
  ['throw', /the thread is broken/],
  ['exit', /ended with code 3/],
] as const) {
  test(`a thread that dies (${how}) rejects all that wait, all that come, and tells once`, async () => {
    const { thread, deaths } = start();
    const waiting = [thread.call(how), thread.call('ping'), thread.call('ping')];
    const settled = await Promise.allSettled(waiting);
    for (const one of settled) assert.match(String((one as PromiseRejectedResult).reason), message);
    await assert.rejects(thread.call('ping'), message);
    await thread.ended();
    assert.equal(deaths.length, 1);
    assert.match(String(deaths[0]), message);
  });
}

test('a call is answered with its value, or with its error and SQLite’s code', () => {
  const handlers = {
    sum: (a: number, b: number) => a + b,
    fail: () => {
      throw Object.assign(new RangeError('full'), { errcode: 13 });
    },
  };
  assert.deepEqual(answer(handlers, { id: 1, name: 'sum', args: [2, 3] }), { id: 1, value: 5 });
  assert.deepEqual(answer(handlers, { id: 2, name: 'fail', args: [] }), {
    id: 2,
    error: { message: 'full', name: 'RangeError', sqliteCode: 13 },
  });
  assert.deepEqual(answer(handlers, { id: 3, name: 'other', args: [] }), {
    id: 3,
    error: { message: 'No call other.', name: 'Error' },
  });
});

test('the threads of the queue know how to give memory back, and go on', async (t) => {
  const queue = await openQueue(t, { directory: temporaryDirectory(t) });
  await queue.giveBack();
  await queue.append([newAlert()]);
  assert.equal(queue.head(4), 1);
});
