import type { DatabaseSync } from 'node:sqlite';
import { positionOf, SHARD_COUNT } from '../position.ts';
import type { LaneStart, Position } from '../queue.ts';
import { cursorPositions, type LaneState, type StoreState } from './state.ts';

export interface LaneRequest {
  readonly name: string;
  readonly type: string;
  readonly formerly?: string;
}

/** Keeps the lanes in step with the configuration, inside the caller's transaction. */
export class LaneWrites {
  readonly #state: () => StoreState;
  readonly #statements: ReturnType<typeof prepareLanes>;

  constructor(db: DatabaseSync, state: () => StoreState) {
    this.#state = state;
    this.#statements = prepareLanes(db);
  }

  /** Lanes of these outputs become or stay active, all others orphans. */
  sync(outputs: readonly LaneRequest[], nowMs: number): LaneStart[] {
    // Renames first, or a new output under an old name would take the lane of the renamed one; and
    // again, since a name may be free only when who had it is renamed.
    const renamed = new Set<number>();
    while (outputs.some((request) => this.#rename(request, renamed, nowMs)));
    const active = outputs.map((request) => this.#adopt(request, nowMs));
    const ids = new Set(active.map((lane) => lane.id));
    for (const lane of this.#state().lanes.values()) {
      if (lane.state !== 'active' || ids.has(lane.id)) continue;
      this.#save({ ...lane, state: 'orphan', changedMs: nowMs });
    }
    return active.map((lane) => ({
      lane: { id: lane.id, name: lane.name, type: lane.type },
      cursors: cursorPositions(lane),
      settled: beyondCursors(lane, this.#statements.exceptions.all(lane.id) as { pos: number }[]),
    }));
  }

  /**
   * Its name is freed, its id is not: a later output of that name gets a lane of its own. Returns how
   * many alerts were still to be tried again.
   */
  drop(lane: LaneState, nowMs: number): number {
    const { bytes, pending } = this.#statements.kept.get(lane.id) as Record<string, number>;
    this.#state().deadBytes -= bytes as number;
    this.#statements.suppress.run(pending as number, lane.id);
    this.#statements.dropExceptions.run(lane.id);
    this.#save({ ...lane, name: `${lane.name}#${lane.id}`, state: 'dropped', changedMs: nowMs });
    return pending as number;
  }

  /** Whether a lane has a new name now: each gets one at most, or names could go round in a circle. */
  #rename({ name, formerly }: LaneRequest, renamed: Set<number>, nowMs: number): boolean {
    if (findByName(this.#state(), name) !== undefined) return false;
    const found = findByName(this.#state(), formerly);
    if (found === undefined || renamed.has(found.id)) return false;
    renamed.add(found.id);
    this.#save({ ...found, name, changedMs: nowMs });
    return true;
  }

  #adopt(request: LaneRequest, nowMs: number): LaneState {
    const { name, type } = request;
    const found = findByName(this.#state(), name);
    if (found === undefined) return this.#create(request, nowMs);
    const unchanged = found.state === 'active' && found.type === type;
    return unchanged ? found : this.#save({ ...found, type, state: 'active', changedMs: nowMs });
  }

  /** A new lane starts now: what was stored before is not its affair. */
  #create(request: LaneRequest, nowMs: number): LaneState {
    const { name, type } = request;
    const id = Number(this.#statements.insert.run(name, type, nowMs).lastInsertRowid);
    const n = this.#state().nextN - 1;
    const cursors = Array.from({ length: SHARD_COUNT }, () => n);
    for (const shard of cursors.keys()) this.#statements.startCursor.run(id, shard, n);
    const lane: LaneState = {
      id,
      name,
      type,
      state: 'active',
      changedMs: nowMs,
      cursors,
      routedDelta: 0,
    };
    this.#state().lanes.set(id, lane);
    return lane;
  }

  #save(lane: LaneState): LaneState {
    this.#statements.update.run(lane.name, lane.type, lane.state, lane.changedMs, lane.id);
    this.#state().lanes.set(lane.id, lane);
    return lane;
  }
}

function prepareLanes(db: DatabaseSync) {
  return {
    insert: db.prepare(
      "INSERT INTO lane (name, type, state, changed_ms) VALUES (?, ?, 'active', ?)",
    ),
    update: db.prepare(
      'UPDATE lane SET name = ?, type = ?, state = ?, changed_ms = ? WHERE id = ?',
    ),
    startCursor: db.prepare('INSERT INTO cursor (lane, shard, n) VALUES (?, ?, ?)'),
    // What was handed over from another lane, below 0, settles nothing of this one's own.
    exceptions: db.prepare('SELECT pos FROM exception WHERE lane = ? AND pos > 0'),
    suppress: db.prepare('UPDATE lane SET suppressed = suppressed + ? WHERE id = ?'),
    kept: db.prepare(
      `SELECT coalesce(sum(length(body)) FILTER (WHERE state = 'dead'), 0) AS bytes,
         count(*) FILTER (WHERE state IN ('retry', 'held')) AS pending
       FROM exception WHERE lane = ?`,
    ),
    // Their text goes; that the lane never delivered them stays on record while history lasts.
    dropExceptions: db.prepare(
      "UPDATE exception SET state = 'dropped', body = NULL WHERE lane = ? AND state <> 'delivered'",
    ),
  };
}

function findByName(state: StoreState, name: string | undefined): LaneState | undefined {
  if (name === undefined) return undefined;
  return [...state.lanes.values()].find((lane) => lane.name === name && lane.state !== 'dropped');
}

function beyondCursors(lane: LaneState, rows: readonly { pos: number }[]): Position[] {
  return rows
    .map(({ pos }) => positionOf(pos))
    .filter(({ shard, n }) => n > (lane.cursors[shard] as number));
}
