import type { DatabaseSync } from 'node:sqlite';
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
 * How far alerts may be given up for room, the bound that costs least first: what every lane that
 * keeps up has passed, what the foremost of them has passed, and, where that is not enough, all of
 * it. A destination that is down fills the queue; the others must not pay for it with alerts that
 * have just come.
 */
export function createShedBounds(db: DatabaseSync, state: () => StoreState) {
  const nextWanted = db.prepare(
    `SELECT at_ms FROM (SELECT pos, at_ms, lanes FROM alert WHERE pos > ? AND pos <= ? ORDER BY pos LIMIT ${ROWS_LOOKED_AT})
     WHERE instr(lanes, ?) > 0 ORDER BY pos LIMIT 1`,
  );

  /** Since when a lane waits in a shard; undefined: it does not. */
  function waitsSinceMs(lane: LaneState, shard: number): number | undefined {
    const from = positionKey(shard, lane.cursors[shard]!);
    const to = positionKey(shard, state().nextN);
    return (nextWanted.get(from, to, `,${lane.id},`) as { at_ms: number } | undefined)?.at_ms;
  }

  function keepsUp(lane: LaneState, nowMs: number): boolean {
    for (let shard = 0; shard < SHARD_COUNT; shard += 1) {
      if (nowMs - (waitsSinceMs(lane, shard) ?? nowMs) >= KEEPS_UP_MS) return false;
    }
    return true;
  }

  let punctual = new Set<number>();
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  function look(nowMs: number): void {
    if (Math.abs(nowMs - lookedAtMs) < LOOK_MS) return;
    const lanes = livingLanes(state()).filter((lane) => keepsUp(lane, nowMs));
    punctual = new Set(lanes.map(({ id }) => id));
    lookedAtMs = nowMs;
  }

  /** How far those have come that keep up and wait for something. */
  function cursorsIn(shard: number): number[] {
    return livingLanes(state())
      .filter((lane) => punctual.has(lane.id) && waitsSinceMs(lane, shard) !== undefined)
      .map((lane) => lane.cursors[shard]!);
  }

  return function shedBounds(nowMs: number): readonly ShedBound[] {
    look(nowMs);
    const all = state().nextN;
    return [
      (shard) => Math.min(all, ...cursorsIn(shard)),
      (shard) => Math.max(0, ...cursorsIn(shard)),
      () => all,
    ];
  };
}
