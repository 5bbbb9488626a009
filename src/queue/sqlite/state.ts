import type { DatabaseSync } from 'node:sqlite';
import { SHARD_COUNT } from '../position.ts';
import type { GapReason, Position } from '../queue.ts';

/**
 * What the writer keeps in memory of the file, so that a commit reads nothing. It is thrown away and
 * loaded again after a transaction that failed.
 */
export interface LaneState {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  state: 'active' | 'orphan' | 'dropped';
  changedMs: number;
  /** `cursors[shard]`: everything up to it is settled. */
  readonly cursors: number[];
  /** Alerts routed here in this transaction, not yet in the lane's row. */
  routedDelta: number;
}

export interface StoreState {
  nextN: number;
  readonly lanes: Map<number, LaneState>;
  /** Bytes of dead letters kept. */
  deadBytes: number;
}

export function loadState(db: DatabaseSync): StoreState {
  const lanes = new Map<number, LaneState>();
  for (const row of db.prepare('SELECT id, name, type, state, changed_ms FROM lane').all()) {
    const lane = row as unknown as Omit<LaneState, 'changedMs'> & { changed_ms: number };
    lanes.set(lane.id, {
      id: lane.id,
      name: lane.name,
      type: lane.type,
      state: lane.state,
      changedMs: lane.changed_ms,
      cursors: Array.from({ length: SHARD_COUNT }, () => 0),
      routedDelta: 0,
    });
  }
  for (const row of db.prepare('SELECT lane, shard, n FROM cursor').all()) {
    const { lane, shard, n } = row as { lane: number; shard: number; n: number };
    const state = lanes.get(lane);
    if (state !== undefined) state.cursors[shard] = n;
  }
  const { value } = db.prepare("SELECT value FROM meta WHERE key = 'nextN'").get() as {
    value: number;
  };
  const { bytes } = db
    .prepare("SELECT coalesce(sum(length(body)), 0) AS bytes FROM exception WHERE state = 'dead'")
    .get() as { bytes: number };
  return { nextN: value, lanes, deadBytes: bytes };
}

export function cursorPositions(lane: LaneState): Position[] {
  return lane.cursors.map((n, shard) => ({ shard, n }));
}

/** Lanes that may still have alerts waiting. */
export function livingLanes(state: StoreState): LaneState[] {
  return [...state.lanes.values()].filter((lane) => lane.state !== 'dropped');
}

export function outputOf({ name, type }: LaneState): CursorMove['output'] {
  return { name, type };
}

/** Told to the lanes when the writer itself moved a cursor: beyond `from`, up to the position. */
export interface CursorMove {
  readonly lane: number;
  /** The output's name and type as they were: a lane that is dropped has lost them when this is told. */
  readonly output: { readonly name: string; readonly type: string };
  readonly from: number;
  readonly position: Position;
  readonly reason: GapReason;
  readonly count: number;
}
