import type { DatabaseSync } from 'node:sqlite';
import { positionKey } from '../position.ts';
import type { ExceptionCopy, GapReason, Position, Settlement, SettleResult } from '../queue.ts';
import { cursorPositions, type LaneState, type StoreState } from './state.ts';

/** A settlement without the alerts it appends: those ride in the same transaction, packed. */
export type SettlementCore = Omit<Settlement, 'appends'>;

/**
 * Makes `settle(settlement, nowMs)`: a lane's progress, inside the caller's transaction. Where the
 * lane's idea of its cursors is out of date, nothing is written and the true ones come back.
 */
export function createSettle(db: DatabaseSync, state: () => StoreState) {
  const exceptions = createExceptionWrites(db, state);
  const receipts = createReceiptWrites(db);
  const gaps = createGapWrites(db);
  const regain = createRegain(db);
  const moveCursor = db.prepare(
    'INSERT INTO cursor (lane, shard, n) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = excluded.n',
  );
  const count = db.prepare(
    'UPDATE lane SET delivered = delivered + ?, dead = dead + ?, suppressed = suppressed + ? WHERE id = ?',
  );

  return function settle(settlement: SettlementCore, nowMs: number): SettleResult {
    const lane = state().lanes.get(settlement.lane);
    if (lane === undefined) throw new Error(`No lane ${settlement.lane}.`);
    if (!fits(lane, settlement)) return { outcome: 'moved', cursors: cursorPositions(lane) };

    const copies = settlement.exceptions.map((row) => exceptions.add(lane.id, row, nowMs));
    for (const { shard, to, delivered } of settlement.cursors) {
      moveCursor.run(lane.id, shard, to);
      lane.cursors[shard] = to;
      if (delivered > 0) receipts.write(lane.id, shard, to, nowMs);
    }
    for (const gap of settlement.gaps) gaps.write(lane.id, gap, nowMs);
    // A row that was dropped meanwhile, or settled before, is counted already; so is what is in no gap.
    const retries = settlement.retries.filter((row) => exceptions.update(lane.id, row, nowMs));
    const regained = settlement.regained.filter((place) => regain(lane.id, place, nowMs));
    const sums = tally(settlement, retries, regained.length);
    if (sums.some((sum) => sum !== 0)) count.run(...sums, lane.id);
    return { outcome: 'settled', exceptions: copies };
  };
}

function inState(rows: readonly { state: string }[], state: string): number {
  return rows.filter((row) => row.state === state).length;
}

/** What a settlement adds to its lane's sums: delivered, dead, suppressed. */
function tally(
  { cursors, exceptions, gaps }: SettlementCore,
  retries: SettlementCore['retries'],
  regained: number,
): [delivered: number, dead: number, suppressed: number] {
  const passed = cursors.reduce((sum, cursor) => sum + cursor.delivered, 0);
  return [
    passed + inState(retries, 'delivered') + regained,
    inState(exceptions, 'dead') + inState(retries, 'dead'),
    gaps.reduce((sum, gap) => sum + gap.count, 0) - regained,
  ];
}

function fits(lane: LaneState, settlement: SettlementCore): boolean {
  const cursorsFit = settlement.cursors.every(({ shard, from }) => lane.cursors[shard] === from);
  // An exception at or below the cursor was shed meanwhile, and counted as that.
  return (
    cursorsFit &&
    settlement.exceptions.every(({ position }) => position.n > (lane.cursors[position.shard] ?? 0))
  );
}

function createExceptionWrites(db: DatabaseSync, state: () => StoreState) {
  const insert = db.prepare(
    `INSERT INTO exception (lane, pos, state, uuid, reason, detail, attempts, failing_ms, at_ms, received_ms, ingest, body)
     SELECT ?, pos, ?, uuid, ?, ?, ?, 0, ?, at_ms, ingest, body FROM alert WHERE pos = ?
     RETURNING id, uuid, length(body) AS bytes`,
  );
  const update = db.prepare(
    `UPDATE exception SET state = ?, reason = ?, detail = ?, attempts = ?, failing_ms = ?, at_ms = ?,
       body = CASE WHEN ? THEN NULL ELSE body END
     WHERE id = ? AND lane = ? AND state = 'retry' RETURNING length(body) AS bytes`,
  );
  return {
    add(lane: number, row: Settlement['exceptions'][number], nowMs: number): ExceptionCopy {
      const key = positionKey(row.position.shard, row.position.n);
      const written = insert.get(
        lane,
        row.state,
        row.reason,
        row.detail,
        row.attempts,
        nowMs,
        key,
      ) as ExceptionCopy | undefined;
      if (written === undefined) throw new Error(`No alert at ${key} for an exception.`);
      if (row.state === 'dead') state().deadBytes += written.bytes;
      return written;
    },
    /** False: the row is no retry of this lane any more. */
    update(lane: number, row: Settlement['retries'][number], nowMs: number): boolean {
      const written = update.get(
        row.state,
        row.reason,
        row.detail,
        row.attempts,
        Math.round(row.failingMs),
        nowMs,
        row.state === 'delivered' ? 1 : 0,
        row.id,
        lane,
      ) as { bytes: number | null } | undefined;
      if (row.state === 'dead') state().deadBytes += written?.bytes ?? 0;
      return written !== undefined;
    },
  };
}

/** Makes `regain`: counts an alert out of the gap it lies in. False: it lies in none. */
function createRegain(db: DatabaseSync) {
  const takeOut = db.prepare(
    `UPDATE gap SET count = count - 1 WHERE rowid =
       (SELECT rowid FROM gap WHERE lane = ?1 AND shard = ?2 AND to_n >= ?3 AND from_n <= ?3 LIMIT 1)
     RETURNING rowid AS id, count`,
  );
  const remove = db.prepare('DELETE FROM gap WHERE rowid = ?');
  // While the alert is there it can be asked for, and no receipt would cover it.
  const prove = db.prepare(
    `INSERT INTO exception (lane, pos, state, uuid, reason, detail, attempts, failing_ms, at_ms, received_ms, ingest)
     SELECT ?, pos, 'delivered', uuid, '', '', 1, 0, ?, at_ms, ingest FROM alert WHERE pos = ?`,
  );
  const known = db.prepare('SELECT 1 FROM exception WHERE lane = ? AND pos = ?');
  return function regain(lane: number, { shard, n }: Position, nowMs: number): boolean {
    // An operator has it sent again meanwhile: it is counted out of its gap already.
    if (known.get(lane, positionKey(shard, n)) !== undefined) return false;
    const gap = takeOut.get(lane, shard, n) as { id: number; count: number } | undefined;
    if (gap === undefined) return false;
    if (gap.count === 0) remove.run(gap.id);
    prove.run(lane, nowMs, positionKey(shard, n));
    return true;
  };
}

/** A receipt says: what was for this lane up to `to_n` and is no exception or gap, it had by then. */
function createReceiptWrites(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO receipt (lane, shard, to_n, at_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const extend = db.prepare(
    'UPDATE receipt SET to_n = ?, at_ms = ? WHERE lane = ? AND shard = ? AND to_n = ?',
  );
  const last = new Map<number, { toN: number; second: number }>();
  return {
    write(lane: number, shard: number, toN: number, nowMs: number): void {
      const place = lane * 8 + shard;
      const second = Math.floor(nowMs / 1000);
      const previous = last.get(place);
      const extended =
        previous?.second === second &&
        extend.run(toN, nowMs, lane, shard, previous.toN).changes > 0;
      if (!extended) insert.run(lane, shard, toN, nowMs);
      last.set(place, { toN, second });
    },
  };
}

interface GapWrite {
  readonly shard: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly reason: GapReason;
}

/** Adjacent gaps of one reason are one row, so that shedding for days stays a handful of rows. */
export function createGapWrites(db: DatabaseSync) {
  const extend = db.prepare(
    'UPDATE gap SET to_n = ?, count = count + ?, at_ms = ? WHERE lane = ? AND shard = ? AND to_n = ? AND reason = ?',
  );
  const insert = db.prepare(
    'INSERT INTO gap (lane, shard, from_n, to_n, count, reason, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  return {
    write(lane: number, gap: GapWrite, nowMs: number): void {
      if (gap.count === 0) return;
      const { shard, from, to, count, reason } = gap;
      const extended = extend.run(to, count, nowMs, lane, shard, from, reason).changes > 0;
      if (!extended) insert.run(lane, shard, from + 1, to, count, reason, nowMs);
    },
  };
}
