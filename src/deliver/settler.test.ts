import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LaneRig } from '../../test/support/lane-rig.ts';
import { WatchedClock } from '../../test/support/watched-clock.ts';
import type { Settlement, SettleResult } from '../queue/queue.ts';
import type { Entry } from './entry.ts';
import type { LaneContext, LaneObserver, LaneSettings } from './lane-context.ts';
import { Settler } from './settler.ts';
import { Troubles } from './troubles.ts';
import { Window } from './window.ts';

/** A settler over a queue whose writing the test answers, one settlement after the other. */
function begin() {
  const clock = new WatchedClock();
  const window = new Window(
    Array.from({ length: 8 }, (_, shard) => ({ shard, n: 0 })),
    [],
  );
  const written: Settlement[] = [];
  const mayWait: boolean[] = [];
  const answers: { resolve(result: SettleResult): void; reject(error: Error): void }[] = [];
  const stuck: (string | undefined)[] = [];
  const ids: number[] = [];
  const told: [reason: string, count: number][] = [];
  const context = {
    clock,
    queue: {
      settle(settlement: Settlement, mayItWait: boolean) {
        written.push(settlement);
        mayWait.push(mayItWait);
        return new Promise<SettleResult>((resolve, reject) => answers.push({ resolve, reject }));
      },
    },
    observer: {
      stuck: (message) => void stuck.push(message),
      suppressed: (reason, count) => void told.push([reason, count]),
    } as Partial<LaneObserver>,
  } as unknown as LaneContext;
  const troubles = new Troubles(clock, context.observer.stuck);
  const settler = new Settler(
    { lane: 7, window, context, troubles, settings: () => SETTINGS },
    {
      onRetryRow: ({ id }) => void ids.push(id),
      onRetriesWritten: () => undefined,
      onSettled: () => undefined,
    },
  );
  const settled = (ids: readonly number[] = []): SettleResult => ({
    outcome: 'settled',
    exceptions: ids.map((id) => ({ id, uuid: '', bytes: 1 })),
  });
  /** Reads `count` alerts of shard 4 and says they are delivered. */
  const deliver = (count: number): void => {
    const from = window.scannedTo(4);
    const alerts = Array.from({ length: count }, (_, i) => ({
      position: { shard: 4, n: from + i + 1 },
      json: '{}',
      ingest: '{}',
      receivedAtMs: 0,
    }));
    window.add(4, { alerts, damaged: [], scannedTo: from + count }, 0);
    for (const entry of window.candidates(false, 0)) entry.state = 'delivered';
  };
  const answer = async (how: SettleResult | Error): Promise<void> => {
    const next = answers.shift();
    assert.ok(next, 'nothing is being written');
    if (how instanceof Error) next.reject(how);
    else next.resolve(how);
    await clock.run(0);
  };
  return { clock, window, settler, written, mayWait, stuck, told, ids, settled, deliver, answer };
}

/** A window of 8 alerts. */
const SETTINGS = { concurrency: 2, batch: { alertsMax: 2 } } as LaneSettings;

const exception = (n: number) => ({
  position: { shard: 4, n },
  state: 'retry' as const,
  reason: 'server',
  detail: '',
  attempts: 3,
});

test('one settlement at a time; what comes meanwhile is in the next', async () => {
  const { settler, written, deliver, answer, settled } = begin();
  settler.request();
  assert.equal(written.length, 0, 'there is nothing to write');
  deliver(2);
  settler.request();
  deliver(3);
  settler.request();
  settler.request();
  assert.equal(written.length, 1);
  await answer(settled());
  assert.deepEqual(
    written.map(({ cursors }) => cursors),
    [[{ shard: 4, from: 0, to: 2, delivered: 2 }], [{ shard: 4, from: 2, to: 5, delivered: 3 }]],
  );
  await answer(settled());
  settler.request();
  assert.equal(written.length, 2);
});

test('progress may wait for what comes, but not where the window is full, nor at the end', async () => {
  const { settler, mayWait, deliver, answer, settled } = begin();
  deliver(7);
  settler.request();
  deliver(8);
  settler.request();
  await answer(settled());
  assert.deepEqual(mayWait, [true, false]);
  await answer(settled());
  deliver(1);
  const ended = settler.end();
  await answer(settled());
  await ended;
  assert.deepEqual(mayWait, [true, false, false]);
});

test('a cursor passes an exception only together with its row', async () => {
  const { settler, window, written, answer, settled, ids } = begin();
  const alerts = [1, 2].map((n) => ({
    position: { shard: 4, n },
    json: '{}',
    ingest: '{}',
    receivedAtMs: 0,
  }));
  window.add(4, { alerts, damaged: [], scannedTo: 2 }, 0);
  const [first] = window.candidates(false, 0) as [Entry];
  first.state = 'excepted';
  settler.except(exception(1));
  settler.request();
  assert.deepEqual(written[0]?.cursors, [{ shard: 4, from: 0, to: 1, delivered: 0 }]);
  assert.deepEqual(written[0]?.exceptions, [exception(1)]);
  await answer(settled([77]));
  assert.deepEqual(ids, [77]);
});

test('what could not be written is written again, by one timer; nothing is forgotten', async () => {
  const { clock, settler, written, stuck, deliver, answer, settled } = begin();
  deliver(1);
  settler.except(exception(9));
  settler.request();
  await answer(new Error('disk is full'));
  assert.equal(settler.isStuck, true);
  for (let i = 0; i < 20; i += 1) settler.request();
  assert.equal(written.length, 1);
  assert.equal(clock.timers, 1);
  for (let round = 2; round <= 5; round += 1) {
    await clock.run(1000);
    assert.equal(written.length, round);
    settler.request();
    await answer(new Error('disk is full'));
    assert.equal(clock.timers, 1);
  }
  await clock.run(1000);
  await answer(settled([1]));
  assert.deepEqual(stuck, ['disk is full', undefined], 'told once each way');
  assert.deepEqual(written.at(-1)?.exceptions, [exception(9)]);
  assert.deepEqual(written.at(-1)?.cursors, [{ shard: 4, from: 0, to: 1, delivered: 1 }]);
  assert.equal(clock.timers, 0);
});

test('where the writer moved the cursor, what lies behind it goes, the rest is written again', async () => {
  const { settler, window, written, deliver, answer, settled } = begin();
  deliver(3);
  settler.except(exception(2));
  settler.except(exception(8));
  settler.request();
  await answer({ outcome: 'moved', cursors: [{ shard: 4, n: 5 }] });
  assert.deepEqual(written[1]?.exceptions, [exception(8)]);
  assert.deepEqual(written[1]?.cursors, []);
  assert.deepEqual(window.cursors()[4], { shard: 4, n: 5 });
  await answer(settled([3]));
  settler.request();
  assert.equal(written.length, 2);
});

test('the end: one last try, and no timer after it', async () => {
  const { clock, settler, written, deliver, answer } = begin();
  deliver(1);
  settler.request();
  await answer(new Error('disk is full'));
  const ending = settler.end();
  await answer(new Error('disk is full'));
  await ending;
  assert.equal(written.length, 2);
  assert.equal(clock.timers, 0);
  await clock.run(10_000);
  assert.equal(written.length, 2);
});

test('a stopped lane that cannot write its progress leaves nothing running', async () => {
  const rig = await LaneRig.start({ out: { staleAfterMs: 1000 } });
  rig.ingest(5);
  await rig.clock.run(12);
  rig.queue.diskIsFull = true;
  await rig.clock.run(3000);
  assert.equal(rig.engine.statuses()[0]?.status.state, 'stuck');
  await rig.during(rig.engine.stop(5000));
  assert.equal(rig.clock.timers, 0);
});

test('a settlement of its own kind goes behind the one being written, before what is asked for next', async () => {
  const { clock, settler, written, settled, deliver, answer } = begin();
  deliver(2);
  settler.request();
  const none = { cursors: [], exceptions: [], retries: [], gaps: [], regained: [], appends: [] };
  const own = settler.settle({ ...none, lane: 7, retries: [] });
  deliver(3);
  settler.request();
  await answer(settled());
  assert.deepEqual(written[1]?.cursors, [], 'its turn');
  await answer(settled());
  assert.equal(await own, true);
  assert.deepEqual(written[2]?.cursors, [{ shard: 4, from: 2, to: 5, delivered: 3 }]);
  await answer(settled());
  await clock.run(5000);
  assert.equal(written.length, 3);
});

test('what is damaged is told when it is written, and so once', async () => {
  const { clock, window, settler, told, settled, answer } = begin();
  window.add(4, { alerts: [], damaged: [{ shard: 4, n: 3 }], scannedTo: 5 }, 0);
  settler.request();
  for (let i = 0; i < 3; i += 1) {
    await answer(new Error('the disk is full'));
    await clock.run(1500);
  }
  assert.deepEqual(told, []);
  await answer(settled());
  assert.deepEqual(told, [['damaged', 1]]);
});
