import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import {
  atEnd,
  noteWorkers,
  openQueue,
  settlementOf,
  temporaryDirectory,
} from '../../../test/support/queue-directory.ts';
import { newAlert, newAlerts } from '../../../test/support/store-rig.ts';
import { Reading, type ReadingOptions } from './reading.ts';

const DYING = '../../../test/support/dying-thread';

/** A reader that dies when it is told to, beside a writer that notes what it is asked. */
function start(t: TestContext, own: Partial<ReadingOptions> = {}) {
  const asked: string[] = [];
  const deaths: Error[] = [];
  const reading = new Reading({
    directory: '',
    writer: {
      call<T>(name: string, ...args: readonly unknown[]) {
        asked.push([name, ...args].join(' '));
        return Promise.resolve('writer' as T);
      },
      ended: () => Promise.resolve(),
    },
    onDeath: (error) => void deaths.push(error),
    file: DYING,
    ...own,
  });
  atEnd(t, () => reading.close());
  return { reading, asked, deaths };
}

const RUNS = 'readerRuns true';
const ENDED = 'readerRuns false';

test('what takes a moment is the writer’s until there is a reader', async (t) => {
  const { reading, asked } = start(t);
  assert.equal(await reading.quick('ping'), 'writer');
  assert.deepEqual(asked, ['ping']);
  const calls = [reading.call('ping'), reading.call('ping')];
  assert.deepEqual(await Promise.all(calls), ['pong', 'pong']);
  assert.equal(await reading.quick('ping'), 'pong');
  assert.deepEqual(asked, ['ping', RUNS], 'one was started for both');
});

test('a reader ends when nobody has called for a while, and the next call starts another', async (t) => {
  const { reading, asked, deaths } = start(t, { idleMs: 40 });
  assert.equal(await reading.call('slow'), 'late', 'a call under way is waited for');
  await eventually('the reader has ended', () => asked.includes(ENDED));
  assert.equal(await reading.quick('ping'), 'writer');
  assert.equal(await reading.call('ping'), 'pong');
  assert.deepEqual(asked.slice(0, 4), [RUNS, ENDED, 'ping', RUNS]);
  assert.deepEqual(deaths, [], 'none of that is a death');
});

test('a start that fails rejects who asked, kills nobody, and is tried again', async (t) => {
  const { reading, asked, deaths } = start(t, { file: './no-such-file' });
  await assert.rejects(reading.call('read'), /no-such-file/);
  await assert.rejects(reading.call('read'), /no-such-file/);
  assert.equal(await reading.quick('ledger'), 'writer');
  assert.deepEqual(deaths, []);
  assert.deepEqual(asked, [RUNS, ENDED, RUNS, ENDED, 'ledger']);
});

test('a reader that dies after it has worked is told, once', async (t) => {
  const { reading, deaths } = start(t);
  await assert.rejects(reading.call('fail'), /no/);
  const calls = await Promise.allSettled([reading.call('throw'), reading.call('ping')]);
  for (const { status } of calls) assert.equal(status, 'rejected');
  assert.equal(deaths.length, 1);
});

test('so many alerts in a minute that the log needs a reader start one', (t) => {
  t.mock.method(performance, 'now', () => nowMs);
  let nowMs = 0;
  const { reading, asked } = start(t);
  for (; nowMs < 600_000; nowMs += 1000) reading.stored(4);
  assert.deepEqual(asked, [], '240 a minute, for ten minutes');
  for (let second = 0; second < 60; second += 1, nowMs += 1000) reading.stored(10);
  assert.deepEqual(asked, [RUNS]);
});

test('closing waits for the last answer, and takes no call any more', async (t) => {
  const { reading } = start(t);
  const last = reading.call('ping');
  await reading.close();
  assert.equal(await last, 'pong');
  await assert.rejects(reading.call('ping'), /closed/);
  reading.stored(1_000_000);
});

test('a hub that nothing is behind of has no reader; what waits in the file starts it', async (t) => {
  const workers = noteWorkers(t);
  const queue = await openQueue(t, { directory: temporaryDirectory(t), tailBytesMax: 20_000 });
  const [start] = await queue.syncLanes([{ name: 'out', type: 'webhook' }]);
  const lane = start?.lane.id as number;
  assert.deepEqual(await queue.exceptions(lane, 'retry', 10), []);
  await queue.append([newAlert({ lanes: [lane] })]);
  assert.equal((await queue.ledger())[0]?.waiting, 1);
  await queue.settle(settlementOf(lane, { cursors: [{ shard: 4, from: 0, to: 1, delivered: 1 }] }));
  assert.equal((await queue.ledger())[0]?.waiting, 0);
  assert.equal(workers.length, 1, 'the writer');
  const large = Array.from({ length: 100 }, () => newAlert({ lanes: [lane] }, 1000));
  await queue.append(large);
  const { alerts } = await queue.read(lane, 4, 1, 10);
  assert.equal(alerts.length, 10);
  assert.equal(workers.length, 2);
});

test('what may wait from an earlier run is counted by the reader: it may be much', async (t) => {
  const directory = temporaryDirectory(t);
  const first = await openQueue(t, { directory });
  const [start] = await first.syncLanes([{ name: 'out', type: 'webhook' }]);
  await first.append(newAlerts(9000, { lanes: [start?.lane.id as number] }));
  await first.close();
  const workers = noteWorkers(t);
  const queue = await openQueue(t, { directory });
  assert.equal((await queue.ledger())[0]?.waiting, 9000);
  assert.equal(workers.length, 2);
});
