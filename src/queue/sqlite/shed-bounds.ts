import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { positionKey, SHARD_COUNT } from '../position.ts';
import { type LaneState, livingLanes, type StoreState } from './state.ts';

/** A lane for which nothing has waited for longer keeps up: what it waits for is on its way. */
const KEEPS_UP_MS = 2000;

/** Rows behind a cursor among which the next alert of the lane is looked for. */
const ROWS_LOOKED_AT = 200;
/** Who keeps up is found out so often at most: with many lanes it costs more than a step frees. */
const LOOK_MS = 500;

/** The number up to which alerts of a shard may be given up. */
export type ShedBound = (shard: number) => number;

/**
 * How far alerts may be given up for room. A destination that is down fills the queue; the others
 * must not pay for it with alerts that have just come.
 */
export class ShedBounds {
  readonly #state: () => StoreState;
  readonly #nextWanted: StatementSync;
  #punctual = new Set<number>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(db: DatabaseSync, state: () => StoreState) {
    this.#state = state;
    this.#nextWanted = db.prepare(
      `SELECT at_ms FROM
         (SELECT pos, at_ms, lanes FROM alert WHERE pos > ? AND pos <= ? ORDER BY pos LIMIT ${ROWS_LOOKED_AT})
       WHERE instr(lanes, ?) > 0 ORDER BY pos LIMIT 1`,
    );
  }

  /**
   * The bound that costs least first: what every lane that keeps up has passed, what the foremost of
   * them has passed, and, where that is not enough, all of it.
   */
  at(nowMs: number): readonly ShedBound[] {
    this.#look(nowMs);
    const all = this.#state().nextN;
    return [
      (shard) => Math.min(all, ...this.#cursorsIn(shard)),
      (shard) => Math.max(0, ...this.#cursorsIn(shard)),
      () => all,
    ];
  }

  #look(nowMs: number): void {
    if (Math.abs(nowMs - this.#lookedAtMs) < LOOK_MS) return;
    const lanes = livingLanes(this.#state()).filter((lane) => this.#keepsUp(lane, nowMs));
    this.#punctual = new Set(lanes.map(({ id }) => id));
    this.#lookedAtMs = nowMs;
  }

  #keepsUp(lane: LaneState, nowMs: number): boolean {
    for (let shard = 0; shard < SHARD_COUNT; shard += 1) {
      if (nowMs - (this.#waitsSinceMs(lane, shard) ?? nowMs) >= KEEPS_UP_MS) return false;
    }
    return true;
  }

  /** How far those have come that keep up and wait for something. */
  #cursorsIn(shard: number): number[] {
    const lanes = livingLanes(this.#state()).filter(({ id }) => this.#punctual.has(id));
    const waiting = lanes.filter((lane) => this.#waitsSinceMs(lane, shard) !== undefined);
    return waiting.map((lane) => lane.cursors[shard]!);
  }

  /** Since when a lane waits in a shard; undefined: it does not. */
  #waitsSinceMs(lane: LaneState, shard: number): number | undefined {
    const from = positionKey(shard, lane.cursors[shard]!);
    const to = positionKey(shard, this.#state().nextN);
    const row = this.#nextWanted.get(from, to, `,${lane.id},`) as { at_ms: number } | undefined;
    return row?.at_ms;
  }
}
