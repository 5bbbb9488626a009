import type { DatabaseSync } from 'node:sqlite';
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
  readonly bytes: number;
}

/** What an operator does with dead letters, each call in a transaction of its own. */
export class DeadLetters {
  readonly #transaction: <T>(work: () => T) => T;
  readonly #state: () => StoreState;
  readonly #statements: ReturnType<typeof prepareDeadLetters>;

  constructor(db: DatabaseSync, transaction: <T>(work: () => T) => T, state: () => StoreState) {
    this.#transaction = transaction;
    this.#state = state;
    this.#statements = prepareDeadLetters(db);
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
        : selection.ids.slice(0, CALL_ROWS_MAX).map((id) => this.#statements.byId.get(id));
    return rows.filter((row) => row !== undefined) as unknown as DeadRow[];
  }

  #giveBack(row: DeadRow): void {
    this.#statements.leaveDead.run(row.lane);
    this.#statements.replay.run(row.id);
  }

  #handOver(row: DeadRow, lane: number): void {
    this.#statements.leaveLane.run(row.lane);
    this.#statements.joinLane.run(lane);
    this.#statements.handOver.run(lane, row.id);
  }
}

function prepareDeadLetters(db: DatabaseSync) {
  return {
    byId: db.prepare(
      "SELECT id, lane, length(body) AS bytes FROM exception WHERE id = ? AND state = 'dead' AND body IS NOT NULL",
    ),
    byLane: db.prepare(
      `SELECT id, lane, length(body) AS bytes FROM exception
       WHERE state = 'dead' AND body IS NOT NULL AND (?1 IS NULL OR lane = ?1)
       ORDER BY id LIMIT ${CALL_ROWS_MAX}`,
    ),
    replay: db.prepare(
      "UPDATE exception SET state = 'retry', attempts = 0, failing_ms = 0 WHERE id = ?",
    ),
    // Another lane may have had the same alert on its own: a position of no shard keeps both apart.
    handOver: db.prepare(
      "UPDATE exception SET state = 'retry', lane = ?, pos = -id, attempts = 0, failing_ms = 0 WHERE id = ?",
    ),
    drop: db.prepare("UPDATE exception SET state = 'dropped', body = NULL WHERE id = ?"),
    leaveDead: db.prepare('UPDATE lane SET dead = dead - 1 WHERE id = ?'),
    leaveLane: db.prepare('UPDATE lane SET dead = dead - 1, routed = routed - 1 WHERE id = ?'),
    joinLane: db.prepare('UPDATE lane SET routed = routed + 1 WHERE id = ?'),
  };
}
