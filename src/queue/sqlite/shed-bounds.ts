import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { positionKey, SHARD_COUNT } from '../position.ts';
import { type LaneState, livingLanes, type StoreState } from './state.ts';

/** A lane for which something waits for longer is behind. */
const BEHIND_MS = 2000;
/** One that was keeps up again when it delivers, and nothing waits for longer than this. */
const CAUGHT_UP_MS = 500;

/** Rows behind a cursor among which the next alert of the lane is looked for. */
const ROWS_LOOKED_AT = 200;
/** Who is behind is found out so often at most: with many lanes it costs more than a step frees. */
const LOOK_MS = 500;

const SHARDS = Array.from({ length: SHARD_COUNT }, (_, shard) => shard);

/** The number up to which alerts of a shard may be given up. */
export type ShedBound = (shard: number) => number;

/**
 * How far alerts may be given up for room. A destination that is down fills the queue; the others
 * must not pay for it with alerts that have just come.
 */
export class ShedBounds {
  readonly #state: () => StoreState;
  readonly #nextWanted: StatementSync;
  readonly #lastReceipt: StatementSync;
  /** By lane id. Shedding itself makes what they wait for young: that is not keeping up. */
  #behind: ReadonlySet<number> = new Set();
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(db: DatabaseSync, state: () => StoreState) {
    this.#state = state;
    this.#nextWanted = db.prepare(
      `SELECT at_ms FROM
         (SELECT pos, at_ms, lanes FROM alert WHERE pos > ? AND pos <= ? ORDER BY pos LIMIT ${ROWS_LOOKED_AT}) next
       WHERE instr(lanes, ?) > 0
         AND NOT EXISTS (SELECT 1 FROM exception e WHERE e.lane = ? AND e.pos = next.pos)
       ORDER BY pos LIMIT 1`,
    );
    this.#lastReceipt = db.prepare(
      'SELECT at_ms FROM receipt WHERE lane = ? AND shard = ? ORDER BY to_n DESC LIMIT 1',
    );
  }

  /**
   * The bound that costs least first: what every lane that keeps up has passed. Only for an alert that
   * may never be given up itself there are two more: what the foremost of them has passed, and all of
   * it. Any other can wait for the moment that those lanes need.
   */
  at(nowMs: number, isForSevere: boolean): readonly ShedBound[] {
    this.#look(nowMs);
    const all = this.#state().nextN;
    const passedByAll: ShedBound = (shard) => Math.min(all, ...this.#cursorsIn(shard));
    if (!isForSevere) return [passedByAll];
    return [passedByAll, (shard) => Math.max(0, ...this.#cursorsIn(shard)), () => all];
  }

  #look(nowMs: number): void {
    if (Math.abs(nowMs - this.#lookedAtMs) < LOOK_MS) return;
    this.#lookedAtMs = nowMs;
    const behind = livingLanes(this.#state()).filter((lane) => this.#isBehind(lane, nowMs));
    this.#behind = new Set(behind.map(({ id }) => id));
  }

  #isBehind(lane: LaneState, nowMs: number): boolean {
    const waitsMs = this.#waitsMs(lane, nowMs);
    if (waitsMs >= BEHIND_MS) return true;
    if (!this.#behind.has(lane.id)) return false;
    return waitsMs > CAUGHT_UP_MS || !this.#delivers(lane, nowMs);
  }

  /** For how long the lane has waited for the oldest that it waits for. Long, if the clock was set back. */
  #waitsMs(lane: LaneState, nowMs: number): number {
    const since = SHARDS.map((shard) => this.#waitsSinceMs(lane, shard) ?? nowMs);
    return Math.max(...since.map((ms) => Math.abs(nowMs - ms)));
  }

  #delivers(lane: LaneState, nowMs: number): boolean {
    return SHARDS.some((shard) => {
      const row = this.#lastReceipt.get(lane.id, shard) as { at_ms: number } | undefined;
      return row !== undefined && Math.abs(nowMs - row.at_ms) < BEHIND_MS;
    });
  }

  /** How far those have come that keep up and wait for something. */
  #cursorsIn(shard: number): number[] {
    const lanes = livingLanes(this.#state()).filter(({ id }) => !this.#behind.has(id));
    const waiting = lanes.filter((lane) => this.#waitsSinceMs(lane, shard) !== undefined);
    return waiting.map((lane) => lane.cursors[shard]!);
  }

  /** Since when a lane waits in a shard; undefined: it does not. */
  #waitsSinceMs(lane: LaneState, shard: number): number | undefined {
    const from = positionKey(shard, lane.cursors[shard]!);
    const to = positionKey(shard, this.#state().nextN);
    const row = this.#nextWanted.get(from, to, `,${lane.id},`, lane.id) as
      | { at_ms: number }
      | undefined;
    return row?.at_ms;
  }
}
