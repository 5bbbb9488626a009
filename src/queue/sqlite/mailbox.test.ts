import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { newAlert, newAlerts, StoreRig } from '../../../test/support/store-rig.ts';
import { settlementOf } from '../../../test/support/queue-directory.ts';
import { type NewAlert, QueueError, type Settlement } from '../queue.ts';
import { Mailbox } from './mailbox.ts';
import type { CommitReply, CommitRequest } from './store.ts';
import { type Thread, ThreadFailure } from './thread.ts';

/** A writer whose commits happen when the test says so, on the real store. */
class HeldWriter implements Thread {
  readonly rig = new StoreRig();
  readonly requests: CommitRequest[] = [];
  readonly #waiting: (() => void)[] = [];
  failure: Error | undefined;

  async call<T>(_name: string, ...[request]: readonly unknown[]): Promise<T> {
    this.requests.push(request as CommitRequest);
    await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    if (this.failure !== undefined) throw this.failure;
    return this.rig.store.commit(request as CommitRequest, this.rig.nowMs) as T;
  }

  ended = async (): Promise<void> => undefined;

  /** Lets the commit under way happen, waiting for one to begin. */
  async commit(): Promise<void> {
    while (this.#waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    this.#waiting.shift()?.();
    await nextTurn();
  }
}

function begin() {
  const writer = new HeldWriter();
  const told: string[] = [];
  const stored: number[] = [];
  const mailbox = new Mailbox(writer, {
    onStored: (alerts, firstN) => stored.push(...alerts.map((_, i) => firstN + i)),
    onMoves: (moves) => void (moves.length > 0 && told.push(`moves ${moves.length}`)),
    onUsage: () => undefined,
    onDisk: (fault) => void told.push(`disk ${fault}`),
  });
  return { writer, mailbox, told, stored };
}

const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof QueueError ? error.code : 'error'),
  );

const alertsIn = ({ packed }: CommitRequest): number => packed?.headChars.length ?? 0;

test('what comes while a commit is under way shares the next', async () => {
  const { writer, mailbox, stored } = begin();
  const first = mailbox.append(newAlerts(2));
  await nextTurn();
  const later = [mailbox.append([newAlert({ priority: 'debug' })]), mailbox.append(newAlerts(3))];
  await writer.commit();
  await first;
  assert.deepEqual(stored, [1, 2]);
  await writer.commit();
  await Promise.all(later);
  assert.deepEqual(writer.requests.map(alertsIn), [2, 4]);
  assert.deepEqual(stored, [1, 2, 3, 4, 5, 6]);
});

test('under load, progress that may wait is written with the next alerts; other progress is not', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { writer, mailbox } = begin();
  const [lane] = writer.rig.lanes('out') as [number];
  /** The commit that must be under way by now, and how many alerts were in it. */
  const committed = async (done: Promise<unknown>): Promise<number> => {
    await nextTurn();
    await writer.commit();
    await done;
    return alertsIn(writer.requests.at(-1) as CommitRequest);
  };
  assert.equal(await committed(mailbox.append(newAlerts(4))), 4);

  const waits = mailbox.settle(settlementOf(lane), true);
  await nextTurn();
  assert.equal(writer.requests.length, 1);
  const both = Promise.all([waits, mailbox.append(newAlerts(5))]);
  t.mock.timers.tick(2);
  assert.equal(await committed(both), 5);

  const alone = mailbox.settle(settlementOf(lane), true);
  t.mock.timers.tick(10);
  assert.equal(await committed(alone), 0, 'with nobody to wait for, not for long');

  void mailbox.settle(settlementOf(lane), true);
  assert.equal(await committed(mailbox.settle(settlementOf(lane))), 0, 'at once');
  assert.equal(writer.requests.length, 4);
});

test('a commit holds at most 2000 alerts and 8 MiB; a larger request goes alone, whole', async () => {
  const { writer, mailbox } = begin();
  const sizes = [1500, 600, 2500, 1, 1];
  const requests = [
    ...sizes.map((count) => mailbox.append(newAlerts(count))),
    mailbox.append([newAlert({}, 9_000_000)]),
    mailbox.append([newAlert({}, 100)]),
  ];
  for (let i = 0; i < 6; i += 1) await writer.commit();
  await Promise.all(requests);
  assert.deepEqual(writer.requests.map(alertsIn), [1500, 600, 2500, 2, 1, 1]);
});

test('what waits for the disk is bounded; beyond it senders are asked to come back', async () => {
  const { writer, mailbox } = begin();
  const big = (): Promise<string> => outcome(mailbox.append([newAlert({}, 5 * 1024 * 1024)]));
  const outcomes = Array.from({ length: 9 }, big);
  const small = outcome(mailbox.append([newAlert({}, 1000)]));
  assert.equal(await outcomes[8], 'queue_busy');
  for (let i = 0; i < 6; i += 1) await writer.commit();
  assert.deepEqual(await Promise.all(outcomes), [
    ...Array.from({ length: 6 }, () => 'done'),
    'queue_busy',
    'queue_busy',
    'queue_busy',
  ]);
  assert.equal(await small, 'done');
  const again = big();
  await writer.commit();
  assert.equal(await again, 'done', 'room comes back with each commit');
});

test('a single request may be larger than all that may wait, when nothing else does', async () => {
  const { writer, mailbox } = begin();
  const huge = outcome(mailbox.append([newAlert({}, 40 * 1024 * 1024)]));
  const next = outcome(mailbox.append([newAlert()]));
  await writer.commit();
  assert.deepEqual(await Promise.all([huge, next]), ['done', 'queue_busy']);
});

test('a commit that fails is nobody’s: all in it are refused, the next ones are not', async () => {
  const { writer, mailbox, told, stored } = begin();
  const [lane] = writer.rig.lanes('out') as [number];
  const refused = [
    outcome(mailbox.append(newAlerts(2))),
    outcome(mailbox.append(newAlerts(2))),
    outcome(mailbox.settle(settlementOf(lane))),
  ];
  writer.failure = new ThreadFailure({ message: 'disk is full', name: 'Error', sqliteCode: 13 });
  await writer.commit();
  assert.deepEqual(await Promise.all(refused), ['queue_unavailable', 'queue_unavailable', 'error']);
  assert.deepEqual(stored, []);
  writer.failure = undefined;
  const good = outcome(mailbox.append(newAlerts(1)));
  await writer.commit();
  assert.equal(await good, 'done');
  assert.deepEqual(told, ['disk full', 'disk undefined']);
});

test('a full queue refuses each request whole', async () => {
  const { writer, mailbox } = begin();
  const { rig } = writer;
  rig.store.commit = () =>
    ({
      append: { refused: 'queue_full' },
      settled: [],
      moves: [],
      usedBytes: 0,
      deadDropped: 0,
    }) as CommitReply;
  const requests = [outcome(mailbox.append(newAlerts(2))), outcome(mailbox.append(newAlerts(1)))];
  await writer.commit();
  assert.deepEqual(await Promise.all(requests), ['queue_full', 'queue_full']);
});

test('alerts a settlement brings along are told before those that follow them in number', async () => {
  const { writer, mailbox, stored } = begin();
  const [lane] = writer.rig.lanes('out') as [number];
  const summary: NewAlert = newAlert({ lanes: [lane] });
  const settlement: Settlement = settlementOf(lane, { appends: [summary] });
  const both = [mailbox.append(newAlerts(3, { lanes: [lane] })), mailbox.settle(settlement)];
  await writer.commit();
  await Promise.all(both);
  assert.deepEqual(stored, [1, 2, 3, 4]);
});

test('a settlement that cannot be written is refused alone', async () => {
  const { writer, mailbox } = begin();
  const [lane] = writer.rig.lanes('out') as [number];
  const all = [
    outcome(mailbox.append(newAlerts(3, { lanes: [lane] }))),
    outcome(mailbox.settle(settlementOf(77))),
    outcome(mailbox.settle(settlementOf(lane))),
  ];
  await writer.commit();
  assert.deepEqual(await Promise.all(all), ['done', 'error', 'done']);
});

test('cursors that were moved are told before any result of a settlement', async () => {
  const { writer, mailbox, told } = begin();
  const [lane] = writer.rig.lanes('out') as [number];
  writer.rig.append(newAlerts(5, { lanes: [lane] }));
  const { store } = writer.rig;
  const commit = store.commit.bind(store);
  store.commit = (request, nowMs) => {
    const moves: CommitReply['moves'][number][] = [];
    store.makeRoom(nowMs, moves);
    return { ...commit(request, nowMs), moves };
  };
  const late = settlementOf(lane, { cursors: [{ shard: 4, from: 0, to: 1, delivered: 1 }] });
  const settling = mailbox.settle(late).then(({ outcome: what }) => void told.push(what));
  await writer.commit();
  await settling;
  assert.deepEqual(told, ['disk undefined', 'moves 1', 'moved']);
});

test('closing writes what waits and takes no more', async () => {
  const { writer, mailbox } = begin();
  const [lane] = writer.rig.lanes('out') as [number];
  const before = [
    outcome(mailbox.append(newAlerts(1999))),
    outcome(mailbox.append(newAlerts(2000))),
    outcome(mailbox.settle(settlementOf(lane))),
  ];
  const closing = mailbox.close();
  const after = [
    outcome(mailbox.append(newAlerts(1))),
    outcome(mailbox.settle(settlementOf(lane))),
  ];
  await writer.commit();
  await writer.commit();
  await closing;
  assert.deepEqual(await Promise.all(before), ['done', 'done', 'done']);
  assert.deepEqual(await Promise.all(after), ['queue_closed', 'queue_closed']);
  assert.equal(writer.rig.store.nextN, 4000);
});

test('closing ends though nothing can be written any more', async () => {
  const { writer, mailbox } = begin();
  writer.failure = new Error('The queue’s writer thread ended with code 1.');
  const waiting = [outcome(mailbox.append(newAlerts(2000))), outcome(mailbox.append(newAlerts(1)))];
  const closing = mailbox.close();
  await writer.commit();
  await writer.commit();
  await closing;
  assert.deepEqual(await Promise.all(waiting), ['queue_unavailable', 'queue_unavailable']);
});
