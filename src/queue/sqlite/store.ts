import type { DatabaseSync } from 'node:sqlite';
import type { LaneStart, SettleResult } from '../queue.ts';
import { createAppend, createRoutedFlush } from './append.ts';
import type { PackedAlerts } from './packed.ts';
import { DeadLetters } from './dead-letters.ts';
import { diskFault } from './disk.ts';
import { type LaneRequest, LaneWrites } from './lanes.ts';
import {
  createDeadLimit,
  createRetention,
  createUsage,
  type RetentionLimits,
} from './retention.ts';
import { createSettle, type SettlementCore } from './settle.ts';
import {
  type CursorMove,
  type LaneState,
  livingLanes,
  loadState,
  outputOf,
  type StoreState,
} from './state.ts';

/** One group commit: what waited at that moment. */
export interface CommitRequest {
  readonly packed: PackedAlerts | undefined;
  readonly settlements: readonly {
    readonly settlement: SettlementCore;
    readonly appends: PackedAlerts | undefined;
  }[];
}

export interface CommitReply {
  /** Number of the first alert, or why none was taken. */
  readonly append: { readonly firstN: number } | { readonly refused: 'queue_full' } | undefined;
  /** In the order of the request. */
  readonly settled: readonly Settled[];
  /** Cursors that the writer itself moved since the last commit. */
  readonly moves: readonly CursorMove[];
  /** What the queue took on disk before this commit. */
  readonly usedBytes: number;
  /** Dead letters whose text had to go to keep within their share. */
  readonly deadDropped: number;
}

/** Without a result: why this settlement, and no other, cannot be written. */
interface Settled {
  readonly result?: SettleResult;
  /** Number of the first alert it appended. */
  readonly firstN?: number;
  readonly error?: string;
}

/** Steps of 500 rows one commit may take to make room before it gives up on the new alerts. */
const ROOM_STEPS_MAX = 8;

/**
 * Everything that writes the queue's file, over one connection. The writer thread is a thin loop
 * around it; tests drive it directly.
 */
export class Store {
  readonly dead: DeadLetters;
  readonly #db: DatabaseSync;
  readonly #limits: RetentionLimits;
  readonly #append: ReturnType<typeof createAppend>;
  readonly #flushRouted: () => void;
  readonly #settle: ReturnType<typeof createSettle>;
  readonly #usage: () => { bytes: number };
  readonly #retention: ReturnType<typeof createRetention>;
  readonly #limitDead: () => number;
  readonly #laneWrites: LaneWrites;
  #state: StoreState;
  /** A transaction failed, and what memory holds of it is not yet read again. */
  #stateIsOld = false;
  /** Made outside of a commit, and told with the next. */
  #untold: CursorMove[] = [];

  constructor(db: DatabaseSync, path: string, limits: RetentionLimits) {
    this.#db = db;
    this.#limits = limits;
    this.#state = loadState(db);
    const state = () => this.#state;
    this.#append = createAppend(db, state);
    this.#flushRouted = createRoutedFlush(db, state);
    this.#settle = createSettle(db, state);
    this.#usage = createUsage(db, path, limits.bytesMax);
    this.#retention = createRetention(db, state);
    this.#limitDead = createDeadLimit(db, state, limits.bytesMax);
    this.#laneWrites = new LaneWrites(db, state);
    this.dead = new DeadLetters(db, (work) => this.#transaction(work), state);
  }

  get nextN(): number {
    return this.#state.nextN;
  }

  usedBytes(): number {
    return this.#usage().bytes;
  }

  commit(request: CommitRequest, nowMs: number): CommitReply {
    const reply = this.#commit(request, nowMs);
    const moves = [...this.#untold, ...reply.moves];
    this.#untold = [];
    return { ...reply, moves };
  }

  #commit(request: CommitRequest, nowMs: number): CommitReply {
    return this.#transaction(() => {
      // Within the transaction, since each question outside of one is a transaction of its own.
      const usedBytes = this.usedBytes();
      const moves: CursorMove[] = [];
      // Before room is made: what is delivered by now is not given up.
      const settled = request.settlements.map((one) => this.#settleApart(one, nowMs));
      const { packed } = request;
      const room =
        packed === undefined || this.#hasRoom(usedBytes, nowMs, moves, packed.holdsSevere);
      const append = room ? this.#appended(packed) : ({ refused: 'queue_full' } as const);
      this.#flushRouted();
      const deadDropped = this.#limitDead();
      return { append, settled, moves, usedBytes, deadDropped };
    });
  }

  /** A settlement that cannot be written fails by itself: new alerts and other lanes go on. */
  #settleApart(request: CommitRequest['settlements'][number], nowMs: number): Settled {
    this.#db.exec('SAVEPOINT settlement');
    try {
      const settled = this.#settleOne(request, nowMs);
      this.#db.exec('RELEASE settlement');
      return settled;
    } catch (error) {
      if (diskFault((error as { errcode?: number }).errcode) !== undefined) throw error;
      this.#db.exec('ROLLBACK TO settlement; RELEASE settlement');
      this.#flushRouted();
      this.#state = loadState(this.#db);
      return { error: (error as Error).message };
    }
  }

  #settleOne(
    { settlement, appends }: CommitRequest['settlements'][number],
    nowMs: number,
  ): Settled {
    const result = this.#settle(settlement, nowMs);
    if (result.outcome !== 'settled' || appends === undefined) return { result };
    return { result, firstN: this.#append(appends) };
  }

  #appended(packed: PackedAlerts | undefined): CommitReply['append'] {
    return packed === undefined ? undefined : { firstN: this.#append(packed) };
  }

  #hasRoom(usedBytes: number, nowMs: number, moves: CursorMove[], isForSevere: boolean): boolean {
    if (usedBytes < this.#limits.bytesMax) return true;
    for (let step = 0; step < ROOM_STEPS_MAX; step += 1) {
      if (!this.#makeRoom(nowMs, moves, isForSevere)) return false;
      if (this.usedBytes() < this.#limits.bytesMax) return true;
    }
    return true;
  }

  /** Frees one step's worth: history first, then orphans, then what may be shed. */
  makeRoom(nowMs: number, moves: CursorMove[]): boolean {
    return this.#transaction(() => this.#makeRoom(nowMs, moves, true));
  }

  /** To be told with the next commit that works. */
  tellLater(moves: readonly CursorMove[]): void {
    this.#untold.push(...moves);
  }

  #makeRoom(nowMs: number, moves: CursorMove[], isForSevere: boolean): boolean {
    if (this.#retention.trimHistory()) return true;
    if (this.#giveUpOrphans(nowMs, moves)) return true;
    return this.#limits.whenFull === 'shed' && this.#retention.shed(nowMs, moves, isForSevere);
  }

  #giveUpOrphans(nowMs: number, moves: CursorMove[]): boolean {
    const before = moves.length;
    for (const lane of livingLanes(this.#state)) {
      if (lane.state !== 'orphan') continue;
      for (const shard of lane.cursors.keys()) {
        moves.push(...this.#retention.giveUp(lane, shard, this.nextN - 1, 'removed', nowMs));
      }
    }
    return moves.length > before;
  }

  /** One step of keeping history within its limit. False: nothing to do. */
  keepHistory(): boolean {
    if (this.usedBytes() <= Math.min(this.#limits.historyMax, this.#limits.bytesMax)) return false;
    return this.#transaction(() => this.#retention.trimHistory());
  }

  syncLanes(outputs: readonly LaneRequest[], nowMs: number): LaneStart[] {
    return this.#transaction(() => this.#laneWrites.sync(outputs, nowMs));
  }

  /** Gives up orphans whose time is over; `name` drops one at once. Returns the names. */
  dropOrphans(nowMs: number, name?: string): string[] {
    const due = livingLanes(this.#state).filter(
      (lane) =>
        lane.state === 'orphan' &&
        (name === undefined
          ? nowMs - lane.changedMs > this.#limits.orphanMaxMs
          : lane.name === name),
    );
    for (const lane of due) this.tellLater(this.#transaction(() => this.#drop(lane, nowMs)));
    return due.map((lane) => lane.name);
  }

  #drop(lane: LaneState, nowMs: number): CursorMove[] {
    const moves = [...lane.cursors.keys()].flatMap((shard) =>
      this.#retention.giveUp(lane, shard, this.nextN - 1, 'removed', nowMs),
    );
    const count = this.#laneWrites.drop(lane, nowMs);
    const n = this.nextN - 1;
    // What was to be tried again lies before the cursors, and in no shard's range.
    const pending = { from: n, position: { shard: 0, n }, count, reason: 'removed' as const };
    return [...moves, { lane: lane.id, output: outputOf(lane), ...pending }];
  }

  /** All or nothing; what was in memory of a failed transaction is read again. */
  #transaction<T>(work: () => T): T {
    this.#refresh();
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#stateIsOld = true;
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#refresh();
      throw error;
    }
  }

  /** Where the file cannot even be read, it is tried again with the next transaction. */
  #refresh(): void {
    if (!this.#stateIsOld) return;
    this.#state = loadState(this.#db);
    this.#stateIsOld = false;
  }
}
