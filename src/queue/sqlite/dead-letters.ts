import type { DatabaseSync } from 'node:sqlite';
import { positionKey, SHARD_SIZE } from '../position.ts';
import type { StoreState } from './state.ts';

/** Which dead letters an operator means. Nothing given: all of the lane, or of every lane. */
export interface DeadSelection {
  readonly ids?: readonly number[];
  readonly lane?: number;
}

/** Dead letters one call moves: the rest is for the next call. */
const CALL_ROWS_MAX = 1000;

interface DeadRow {
  readonly id: number;
  readonly lane: number;
  readonly pos: number;
  readonly attempts: number;
  readonly bytes: number;
}

interface StaleGap {
  readonly id: number;
  readonly shard: number;
  readonly from_n: number;
  readonly to_n: number;
  readonly count: number;
}

/** What an operator does with dead letters, each call in a transaction of its own. */
export class DeadLetters {
  readonly #transaction: <T>(work: () => T) => T;
  readonly #state: () => StoreState;
  readonly #statements: ReturnType<typeof prepareDeadLetters>;
  readonly #stale: ReturnType<typeof prepareStale>;

  constructor(db: DatabaseSync, transaction: <T>(work: () => T) => T, state: () => StoreState) {
    this.#transaction = transaction;
    this.#state = state;
    this.#statements = prepareDeadLetters(db);
    this.#stale = prepareStale(db);
  }

  /** Dead becomes retry, with attempts from 0 and the same key; `to` hands them to another lane. */
  replay(selection: DeadSelection, to?: number): { id: number; lane: number }[] {
    return this.#transaction(() =>
      this.#select(selection).map((row) => {
        const lane = to ?? row.lane;
        if (lane === row.lane) this.#giveBack(row);
        else this.#handOver(row, lane);
        this.#state().deadBytes -= row.bytes;
        return { id: row.id, lane };
      }),
    );
  }

  /**
   * Alerts that a summary stood for are sent one by one after all, the oldest first, as far as
   * history still has them. Returns how many.
   */
  replayStale(lane: number, nowMs: number): number {
    return this.#transaction(() => {
      let replayed = 0;
      for (const row of this.#stale.staleGaps.all(lane)) {
        const gap = row as unknown as StaleGap;
        const limit = Math.min(gap.count, CALL_ROWS_MAX - replayed);
        replayed += this.#reopen(lane, gap, limit, nowMs);
        if (replayed >= CALL_ROWS_MAX) break;
      }
      if (replayed > 0) this.#stale.unsuppress.run(replayed, lane);
      return replayed;
    });
  }

  /** What is taken out of a gap is counted out of it; a gap that stands for nothing goes. */
  #reopen(lane: number, gap: StaleGap, limit: number, nowMs: number): number {
    const low = positionKey(gap.shard, gap.from_n) - 1;
    const high = positionKey(gap.shard, gap.to_n);
    const { changes } = this.#stale.reopen.run(lane, nowMs, low, high, limit);
    const left = gap.count - Number(changes);
    if (left <= 0) this.#stale.removeGap.run(gap.id);
    else if (changes > 0) this.#stale.shrinkGap.run(left, gap.id);
    return Number(changes);
  }

  /** The text goes; that it was a dead letter stays on record while history lasts. */
  drop(selection: DeadSelection): number {
    return this.#transaction(() => {
      const rows = this.#select(selection);
      for (const row of rows) {
        this.#statements.drop.run(row.id);
        this.#state().deadBytes -= row.bytes;
      }
      return rows.length;
    });
  }

  #select(selection: DeadSelection): DeadRow[] {
    const rows =
      selection.ids === undefined
        ? this.#statements.byLane.all(selection.lane ?? null)
        : [...new Set(selection.ids)]
            .slice(0, CALL_ROWS_MAX)
            .map((id) => this.#statements.byId.get(id));
    return rows.filter((row) => row !== undefined) as unknown as DeadRow[];
  }

  #giveBack(row: DeadRow): void {
    this.#statements.leaveDead.run(row.lane);
    this.#statements.replay.run(row.id);
  }

  /**
   * What it was for its old lane stays on record there: that lane never delivered it. The other lane
   * may have had the same alert on its own, so that a key below 0 keeps both apart; what was handed to
   * it before, and waits, is the same delivery.
   */
  #handOver({ id, lane: from, pos, attempts }: DeadRow, lane: number): void {
    const statements = this.#statements;
    const key = -Math.abs(pos);
    statements.leaveLane.run(from);
    if (statements.handed.get(lane, key) !== undefined) {
      statements.becomeTrace.run(lane, id);
      return;
    }
    if (statements.joinLane.run(lane).changes === 0) throw new Error(`No lane ${lane}.`);
    statements.forgetHanded.run(lane, key);
    statements.handOver.run(lane, key, id);
    statements.leaveTrace.run(from, pos, lane, attempts, id);
  }
}

function prepareDeadLetters(db: DatabaseSync) {
  return {
    byId: db.prepare(
      `SELECT id, lane, pos, attempts, length(body) AS bytes FROM exception
       WHERE id = ? AND state = 'dead' AND body IS NOT NULL`,
    ),
    byLane: db.prepare(
      `SELECT id, lane, pos, attempts, length(body) AS bytes FROM exception
       WHERE state = 'dead' AND body IS NOT NULL AND (?1 IS NULL OR lane = ?1)
       ORDER BY id LIMIT ${CALL_ROWS_MAX}`,
    ),
    replay: db.prepare(
      "UPDATE exception SET state = 'retry', attempts = 0, failing_ms = 0 WHERE id = ?",
    ),
    handed: db.prepare('SELECT 1 FROM exception WHERE lane = ? AND pos = ? AND body IS NOT NULL'),
    forgetHanded: db.prepare('DELETE FROM exception WHERE lane = ? AND pos = ?'),
    handOver: db.prepare(
      "UPDATE exception SET state = 'retry', lane = ?, pos = ?, attempts = 0, failing_ms = 0 WHERE id = ?",
    ),
    becomeTrace: db.prepare(
      `UPDATE exception SET state = 'dropped', body = NULL,
         detail = 'Replayed to ' || (SELECT name FROM lane WHERE id = ?) WHERE id = ?`,
    ),
    leaveTrace: db.prepare(
      `INSERT INTO exception (lane, pos, state, uuid, reason, detail,
         attempts, failing_ms, at_ms, received_ms, ingest)
       SELECT ?, ?, 'dropped', uuid, reason, 'Replayed to ' || (SELECT name FROM lane WHERE id = ?),
         ?, failing_ms, at_ms, received_ms, ingest
       FROM exception WHERE id = ?`,
    ),
    drop: db.prepare("UPDATE exception SET state = 'dropped', body = NULL WHERE id = ?"),
    leaveDead: db.prepare('UPDATE lane SET dead = dead - 1 WHERE id = ?'),
    leaveLane: db.prepare('UPDATE lane SET dead = dead - 1, routed = routed - 1 WHERE id = ?'),
    joinLane: db.prepare("UPDATE lane SET routed = routed + 1 WHERE id = ? AND state <> 'dropped'"),
  };
}

/** Of an alert: that lane `?1` was to have it, and nothing became of it there yet. */
const IS_OPEN = `instr(lanes, ',' || CAST(?1 AS INTEGER) || ',') > 0
  AND NOT EXISTS (SELECT 1 FROM exception e WHERE e.lane = ?1 AND e.pos = alert.pos)`;

function prepareStale(db: DatabaseSync) {
  return {
    // Of many summaries history may have nothing any more: those would hide the others.
    staleGaps: db.prepare(
      `SELECT rowid AS id, shard, from_n, to_n, count FROM gap
       WHERE lane = ?1 AND reason = 'stale' AND EXISTS (
         SELECT 1 FROM alert WHERE pos >= shard * ${SHARD_SIZE} + from_n
           AND pos <= shard * ${SHARD_SIZE} + to_n AND ${IS_OPEN})
       ORDER BY rowid LIMIT 100`,
    ),
    reopen: db.prepare(
      `INSERT INTO exception (lane, pos, state, uuid, reason, detail, attempts, failing_ms, at_ms, received_ms, ingest, body)
       SELECT ?1, pos, 'retry', uuid, 'stale', '', 0, 0, ?2, at_ms, ingest, body FROM alert
       WHERE pos > ?3 AND pos <= ?4 AND ${IS_OPEN}
       ORDER BY pos LIMIT ?5`,
    ),
    removeGap: db.prepare('DELETE FROM gap WHERE rowid = ?'),
    shrinkGap: db.prepare('UPDATE gap SET count = ? WHERE rowid = ?'),
    unsuppress: db.prepare('UPDATE lane SET suppressed = suppressed - ? WHERE id = ?'),
  };
}
