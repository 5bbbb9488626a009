import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRIORITIES } from '../../alert.ts';
import { settlementOf } from '../../../test/support/queue-directory.ts';
import { newAlert, newAlerts, StoreRig } from '../../../test/support/store-rig.ts';
import { packAlerts } from './packed.ts';
import { type CursorMove, loadState } from './state.ts';
import { type CommitRequest, Store } from './store.ts';

test('numbers do not come back when retention has emptied the table and the hub starts again', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append(PRIORITIES.flatMap((priority) => newAlerts(5, { priority, lanes: [lane] })));
  rig.deliverAll(lane);
  while (rig.store.makeRoom(rig.nowMs, []));
  assert.equal(rig.count('alert'), 0);
  rig.restart();

  const positions = rig.append(newAlerts(10, { lanes: [lane] }));
  assert.deepEqual(
    positions.map(({ n }) => n),
    Array.from({ length: 10 }, (_, i) => 41 + i),
  );
  const { alerts } = rig.reads.read(lane, 4, rig.cursor(lane, 'warning'), 100, 50);
  assert.equal(alerts.length, 10, 'the lane finds every one of the new alerts');
  rig.assertConserved();
});

/** What the store believes, as far as it can be seen, against what a fresh one reads. */
function assertMemoryIsDisk(rig: StoreRig, lane: number): void {
  const disk = loadState(rig.db);
  assert.equal(rig.store.nextN, disk.nextN, 'next number');
  const outcome = rig.settle(lane, {
    cursors: [{ shard: 4, from: -1, to: 0, delivered: 0 }],
  });
  assert.equal(outcome.outcome, 'moved');
  if (outcome.outcome !== 'moved') return;
  assert.deepEqual(
    outcome.cursors.map(({ n }) => n),
    disk.lanes.get(lane)?.cursors,
    'cursors',
  );
  rig.assertConserved();
}

function isFull(error: unknown): boolean {
  return (error as { errcode?: number }).errcode === 13;
}

test('a commit that does not fit on the disk leaves nothing behind, in memory or in the file', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const positions = rig.append(newAlerts(10, { lanes: [lane] }));
  rig.except(lane, positions[0] as (typeof positions)[0], 'dead');
  const before = rig.ledgerOf(lane);
  const { page_count: pages } = rig.db.prepare('PRAGMA page_count').get() as { page_count: number };
  rig.db.exec(`PRAGMA max_page_count=${pages}`);
  const request: CommitRequest = {
    packed: packAlerts([newAlert({ lanes: [lane] }, 100_000)]),
    settlements: [
      {
        settlement: settlementOf(lane, {
          cursors: [{ shard: 4, from: 0, to: 10, delivered: 9 }],
        }),
        appends: undefined,
      },
    ],
  };
  assert.throws(() => rig.store.commit(request, rig.nowMs), isFull);
  assert.deepEqual(rig.ledgerOf(lane), before);
  assertMemoryIsDisk(rig, lane);

  rig.db.exec('PRAGMA max_page_count=1000000');
  const reply = rig.store.commit(request, rig.nowMs);
  assert.deepEqual(reply.append, { firstN: 11 }, 'the number that was not taken is given now');
  assertMemoryIsDisk(rig, lane);
});

test('no room for an exception row means no step of the cursor either', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  const [position] = rig.append([newAlert({ lanes: [lane] }, 50_000)]) as [{ n: number; shard: 4 }];
  const { page_count: pages } = rig.db.prepare('PRAGMA page_count').get() as { page_count: number };
  rig.db.exec(`PRAGMA max_page_count=${pages}`);
  const progress = {
    cursors: [{ shard: 4, from: 0, to: 1, delivered: 0 }],
    exceptions: [{ position, state: 'retry' as const, reason: 'server', detail: '', attempts: 1 }],
  };
  assert.throws(() => rig.settle(lane, progress), isFull);
  assert.equal(rig.cursor(lane, 'warning'), 0);
  assert.equal(rig.count('exception'), 0);
  assertMemoryIsDisk(rig, lane);
});

test('memory that could not be read again after a failure is read before the next commit', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append(newAlerts(3, { lanes: [lane] }));
  // The table is away for a moment: the transaction fails, and so does reading what is true.
  const commit = (): unknown => {
    const request = { packed: packAlerts(newAlerts(5, { lanes: [lane] })), settlements: [] };
    return rig.store.commit(request, rig.nowMs);
  };
  rig.db.exec('ALTER TABLE meta RENAME TO elsewhere');
  assert.throws(commit);
  assert.throws(commit);
  rig.db.exec('ALTER TABLE elsewhere RENAME TO meta');
  assert.deepEqual(
    rig.append(newAlerts(2, { lanes: [lane] })).map(({ n }) => n),
    [4, 5],
  );
  assertMemoryIsDisk(rig, lane);
});

test('what is delivered is settled before room is made in the same commit', () => {
  const rig = new StoreRig({ bytesMax: 400_000 });
  const [lane] = rig.lanes('out') as [number];
  rig.append(newAlerts(200, { lanes: [lane] }));
  const big = newAlert({ lanes: [lane] }, 400_000);
  rig.append([big]);
  // The lane is behind: one that keeps up would be given the moment it needs.
  rig.nowMs += 60_000;
  const cursors = [{ shard: 4, from: 0, to: 150, delivered: 150 }];
  const reply = rig.store.commit(
    {
      packed: packAlerts(newAlerts(1)),
      settlements: [{ settlement: settlementOf(lane, { cursors }), appends: undefined }],
    },
    rig.nowMs,
  );
  assert.equal(reply.settled[0]?.result?.outcome, 'settled');
  const output = { name: 'out', type: 'webhook' };
  assert.deepEqual(reply.moves, [
    { lane, output, from: 150, position: { shard: 4, n: 201 }, reason: 'shed', count: 51 },
  ]);
  const { delivered, suppressed } = rig.ledgerOf(lane);
  assert.deepEqual({ delivered, suppressed }, { delivered: 150, suppressed: 51 });
  rig.assertConserved();
});

test('a settlement that cannot be written takes nothing else with it', () => {
  const rig = new StoreRig();
  const [a, b] = rig.lanes('a', 'b') as [number, number];
  const positions = rig.append(newAlerts(4, { lanes: [a, b] }));
  const [first, second] = positions as [(typeof positions)[0], (typeof positions)[0]];
  rig.except(a, first, 'dead');
  const exception = { state: 'dead', reason: 'payload', detail: '', attempts: 1 } as const;
  const reply = rig.store.commit(
    {
      packed: packAlerts(newAlerts(2, { lanes: [a, b] })),
      settlements: [
        {
          settlement: settlementOf(b, {
            cursors: [{ shard: 4, from: 0, to: 2, delivered: 2 }],
          }),
          appends: packAlerts([newAlert({ lanes: [b] })]),
        },
        {
          // The second row is good, the first exists already: neither may stay.
          settlement: settlementOf(a, {
            exceptions: [
              { ...exception, position: second },
              { ...exception, position: first },
            ],
          }),
          appends: packAlerts([newAlert({ lanes: [a] })]),
        },
        {
          settlement: settlementOf(99),
          appends: undefined,
        },
      ],
    },
    rig.nowMs,
  );
  assert.deepEqual(
    reply.settled.map(({ result, error }) => result?.outcome ?? typeof error),
    ['settled', 'string', 'string'],
  );
  assert.deepEqual(reply.append, { firstN: 6 });
  assert.equal(rig.count('exception'), 1);
  assert.equal(rig.cursor(b, 'warning'), 2);
  rig.assertConserved();
  assertMemoryIsDisk(rig, a);
  assertMemoryIsDisk(rig, b);
});

test('a new store on the same file continues where the old one was', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append(newAlerts(20, { lanes: [lane] }));
  rig.deliver(lane, 'warning', 15);
  const fresh = new Store(rig.db, '/nonexistent', {
    bytesMax: 2 ** 40,
    historyMax: 2 ** 40,
    whenFull: 'shed',
    orphanMaxMs: 2 ** 40,
  });
  assert.equal(fresh.nextN, 21);
  const [start] = fresh.syncLanes([{ name: 'out', type: 'webhook' }], rig.nowMs);
  assert.equal(start?.lane.id, lane);
  assert.deepEqual(start?.cursors[4], { shard: 4, n: 15 });
});

test('what was given up for room is told with the first commit that works', () => {
  const rig = new StoreRig();
  const [lane] = rig.lanes('out') as [number];
  rig.append(newAlerts(10, { lanes: [lane] }));
  const moves: CursorMove[] = [];
  assert.ok(rig.store.makeRoom(rig.nowMs, moves));
  rig.store.tellLater(moves);
  rig.db.exec('PRAGMA query_only=ON');
  assert.throws(() => rig.tryAppend(newAlerts(1)));
  rig.db.exec('PRAGMA query_only=OFF');
  const told = rig.tryAppend(newAlerts(1)).moves.filter(({ count }) => count > 0);
  assert.deepEqual(
    told.map(({ reason, count }) => [reason, count]),
    [['shed', 10]],
  );
  assert.deepEqual(rig.tryAppend(newAlerts(1)).moves, []);
});
