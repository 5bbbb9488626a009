import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { FIRST_SHEDDABLE_SHARD, positionKey, SHARD_COUNT } from '../position.ts';
import type { GapReason } from '../queue.ts';
import { createGapWrites } from './settle.ts';
import { ShedBounds } from './shed-bounds.ts';
import {
  type CursorMove,
  type LaneState,
  livingLanes,
  outputOf,
  type StoreState,
} from './state.ts';

/** Rows a step takes: a delete of 500 keeps the writer busy for a few ms. */
const STEP_ROWS = 500;

/** Gap rows kept of alerts that are gone, receipts as far back as history reaches. */
const GAP_ROWS_MAX = 1000;

/** Part of `bytesMax` that dead letters may take. */
const DEAD_SHARE_MAX = 0.1;

const LOG_BYTES_MAX = 64 * 1024 * 1024;
const LOG_BYTES_MIN = 1024 * 1024;

export interface RetentionLimits {
  readonly bytesMax: number;
  readonly historyMax: number;
  readonly whenFull: 'shed' | 'reject';
  readonly orphanMaxMs: number;
}

export interface Usage {
  /** Pages in use and the write-ahead log. The file itself never shrinks. */
  readonly bytes: number;
}

/** Past this size the writer folds the log into the file by itself. */
export function logBytesMax(bytesMax: number): number {
  return Math.min(LOG_BYTES_MAX, Math.max(bytesMax / 8, LOG_BYTES_MIN));
}

/**
 * Pages in use plus the log: what counts against `bytesMax`. The log counts up to its own bound only:
 * making room lengthens it, so that otherwise one full moment would take all that may be given up.
 */
export function createUsage(db: DatabaseSync, path: string, bytesMax: number) {
  const logMax = logBytesMax(bytesMax);
  const pageCount = db.prepare('PRAGMA page_count');
  const freePages = db.prepare('PRAGMA freelist_count');
  const { page_size: pageSize } = db.prepare('PRAGMA page_size').get() as { page_size: number };
  return function usage(): Usage {
    const { page_count: pages } = pageCount.get() as { page_count: number };
    const { freelist_count: free } = freePages.get() as { freelist_count: number };
    return { bytes: (pages - free) * pageSize + Math.min(walBytes(path), logMax) };
  };
}

function walBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * Makes the steps that free space. Each runs in the caller's transaction, takes at most 500 rows and
 * says whether it found something to take.
 */
export function createRetention(db: DatabaseSync, state: () => StoreState) {
  const giveUp = createGiveUp(db, state);
  const lastOfStep = db.prepare(
    'SELECT max(pos) AS pos FROM (SELECT pos FROM alert WHERE pos > ? AND pos <= ? ORDER BY pos LIMIT ?)',
  );
  const oldestSettled = createOldestSettled(db, state);
  const remove = db.prepare('DELETE FROM alert WHERE pos > ? AND pos <= ?');
  const forget = createForget(db);
  const shedBounds = new ShedBounds(db, state);

  /** The last of the next rows of a shard up to `toN`, or nothing. */
  function stepEnd(shard: number, toN: number): number | undefined {
    const start = positionKey(shard, 0);
    const row = lastOfStep.get(start, positionKey(shard, toN), STEP_ROWS) as { pos: number | null };
    return row.pos === null ? undefined : row.pos - start;
  }

  function removeUpTo(shard: number, n: number): void {
    remove.run(positionKey(shard, 0), positionKey(shard, n));
    forget(shard, n);
  }

  return {
    giveUp,
    /** Deletes the oldest alerts that every lane has settled. */
    trimHistory(): boolean {
      const chosen = oldestSettled();
      if (chosen === undefined) return false;
      removeUpTo(chosen.shard, stepEnd(chosen.shard, chosen.settledN) as number);
      return true;
    },
    /** Gives up the oldest of the lowest priority. False: there is nothing that may be given up. */
    shed(nowMs: number, moves: CursorMove[], isForSevere: boolean): boolean {
      for (const bound of shedBounds.at(nowMs, isForSevere)) {
        for (let shard = SHARD_COUNT - 1; shard >= FIRST_SHEDDABLE_SHARD; shard -= 1) {
          const end = stepEnd(shard, bound(shard));
          if (end === undefined) continue;
          for (const lane of livingLanes(state())) {
            moves.push(...giveUp(lane, shard, end, 'shed', nowMs));
          }
          removeUpTo(shard, end);
          return true;
        }
      }
      return false;
    },
  };
}

/** Where the oldest alert is that every lane has settled, and how far they all have come there. */
function createOldestSettled(db: DatabaseSync, state: () => StoreState) {
  const oldest = db.prepare(
    'SELECT pos FROM alert WHERE pos > ? AND pos <= ? ORDER BY pos LIMIT 1',
  );
  return function oldestSettled(): { shard: number; n: number; settledN: number } | undefined {
    let chosen: { shard: number; n: number; settledN: number } | undefined;
    for (let shard = 0; shard < SHARD_COUNT; shard += 1) {
      const settledN = settledUpTo(state(), shard);
      const start = positionKey(shard, 0);
      const row = oldest.get(start, positionKey(shard, settledN)) as { pos: number } | undefined;
      if (row === undefined) continue;
      const n = row.pos - start;
      if (chosen === undefined || n < chosen.n) chosen = { shard, n, settledN };
    }
    return chosen;
  };
}

function settledUpTo(state: StoreState, shard: number): number {
  let settled = state.nextN - 1;
  for (const lane of livingLanes(state)) settled = Math.min(settled, lane.cursors[shard] as number);
  return settled;
}

/** Moves a lane's cursor over what it will not get, counted as a gap. Nothing below its cursor. */
function createGiveUp(db: DatabaseSync, state: () => StoreState) {
  const gaps = createGapWrites(db);
  const countWaiting = createCountWaiting(db);
  const moveCursor = db.prepare(
    'INSERT INTO cursor (lane, shard, n) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = excluded.n',
  );
  const suppress = db.prepare('UPDATE lane SET suppressed = suppressed + ? WHERE id = ?');
  return function giveUp(
    lane: LaneState,
    shard: number,
    toN: number,
    reason: GapReason,
    nowMs: number,
  ): CursorMove[] {
    const from = lane.cursors[shard] as number;
    const to = Math.min(toN, state().nextN - 1);
    if (from >= to) return [];
    const count = countWaiting(lane.id, shard, from, to);
    gaps.write(lane.id, { shard, from, to, count, reason }, nowMs);
    moveCursor.run(lane.id, shard, to);
    lane.cursors[shard] = to;
    if (count > 0) suppress.run(count, lane.id);
    const position = { shard, n: to };
    return [{ lane: lane.id, output: outputOf(lane), from, position, reason, count }];
  };
}

/** Counts what of a range is for a lane and not yet an exception of it. */
export function createCountWaiting(db: DatabaseSync) {
  const routed = db.prepare(
    'SELECT count(*) AS count FROM alert WHERE pos > ? AND pos <= ? AND instr(lanes, ?) > 0',
  );
  const settled = db.prepare(
    'SELECT count(*) AS count FROM exception WHERE lane = ? AND pos > ? AND pos <= ?',
  );
  return function countWaiting(lane: number, shard: number, from: number, to: number): number {
    const low = positionKey(shard, from);
    const high = positionKey(shard, to);
    const all = routed.get(low, high, `,${lane},`) as { count: number };
    const exceptions = settled.get(lane, low, high) as { count: number };
    return all.count - exceptions.count;
  };
}

/** Drops what only explained alerts that are gone. */
function createForget(db: DatabaseSync) {
  const exceptions = db.prepare(
    `DELETE FROM exception
     WHERE abs(pos) > ? AND abs(pos) <= ? AND state IN ('delivered', 'dropped')`,
  );
  const receipts = db.prepare('DELETE FROM receipt WHERE shard = ? AND to_n < ?');
  const gaps = db.prepare(
    `DELETE FROM gap WHERE shard = ? AND to_n <= ? AND rowid NOT IN
       (SELECT rowid FROM gap ORDER BY rowid DESC LIMIT ${GAP_ROWS_MAX})`,
  );
  return function forget(shard: number, n: number): void {
    exceptions.run(positionKey(shard, 0), positionKey(shard, n));
    receipts.run(shard, n);
    gaps.run(shard, n);
  };
}

/** Steps of 100 dead letters one commit may drop: a batch of a bulk output may bring hundreds. */
const DEAD_STEPS_MAX = 50;

/** Keeps dead letters within their share; the oldest lose their text, and are counted. */
export function createDeadLimit(db: DatabaseSync, state: () => StoreState, bytesMax: number) {
  const oldest = db.prepare(
    "SELECT id, length(body) AS bytes FROM exception WHERE state = 'dead' ORDER BY id LIMIT 100",
  );
  const drop = db.prepare("UPDATE exception SET state = 'dropped', body = NULL WHERE id = ?");
  const isOver = (): boolean => state().deadBytes > bytesMax * DEAD_SHARE_MAX;

  function dropOldest(): number {
    let dropped = 0;
    for (const row of oldest.all()) {
      const { id, bytes } = row as { id: number; bytes: number };
      drop.run(id);
      state().deadBytes -= bytes;
      dropped += 1;
      if (!isOver()) break;
    }
    return dropped;
  }

  return function limitDead(): number {
    let dropped = 0;
    for (let step = 0; isOver() && step < DEAD_STEPS_MAX; step += 1) dropped += dropOldest();
    return dropped;
  };
}
