import type { DatabaseSync } from 'node:sqlite';
import type { Fate } from '../history.ts';
import { positionOf } from '../position.ts';
import type { LaneLedger } from '../queue.ts';

/** What became of an alert at each output. */

type Fates = Record<string, Fate>;

interface LaneRow {
  readonly name: string;
  readonly state: LaneLedger['state'];
  readonly changed_ms: number;
}

/** Makes what tells the fates of an alert by the names of outputs. */
export function createFates(db: DatabaseSync) {
  const exceptionFate = createExceptionFate(db);
  const settledFate = createSettledFate(db);
  const laneOf = db.prepare('SELECT name, state, changed_ms FROM lane WHERE id = ?');
  const living = db.prepare("SELECT id FROM lane WHERE state <> 'dropped'");
  const handedTo = db.prepare('SELECT lane FROM exception WHERE uuid = ? AND pos = -?');

  function fateOf(lane: number, pos: number): Fate {
    const fate = exceptionFate(lane, pos) ?? settledFate(lane, pos);
    const row = laneOf.get(lane) as LaneRow | undefined;
    // What waits for a removed output waits for nobody.
    if (fate.state !== 'waiting' || row?.state !== 'dropped') return fate;
    return { state: 'gap', reason: 'removed', atMs: row.changed_ms };
  }

  function byName(lanes: Iterable<number>, tell: (lane: number) => Fate): Fates {
    const fates: Fates = {};
    for (const lane of lanes) {
      const row = laneOf.get(lane) as LaneRow | undefined;
      fates[row?.name ?? `#${lane}`] = tell(lane);
    }
    return fates;
  }

  return {
    /** Of an alert that history has: where it was routed to, and where it was handed to later. */
    of({ pos, uuid, lanes }: { pos: number; uuid: string; lanes: string }): Fates {
      const routed = lanes.split(',').filter((text) => text !== '');
      const handed = handedTo.all(uuid, pos) as { lane: number }[];
      const ids = new Set([...routed.map(Number), ...handed.map(({ lane }) => lane)]);
      return byName(ids, (lane) => fateOf(lane, pos));
    },
    /** Of an alert that only exceptions of these lanes have outlived: of others nothing is known. */
    ofOutlived(pos: number, lanes: readonly number[]): Fates {
      const ids = new Set([...lanes, ...living.all().map(({ id }) => id as number)]);
      return byName(ids, (lane) => exceptionFate(lane, pos) ?? { state: 'beyondHistory' });
    },
  };
}

interface ExceptionRecord {
  readonly id: number;
  readonly state: 'retry' | 'held' | 'dead' | 'dropped' | 'delivered';
  readonly reason: string;
  readonly detail: string;
  readonly attempts: number;
  readonly at_ms: number;
}

function createExceptionFate(db: DatabaseSync) {
  // What was handed over to the lane has its position below 0, and is the last that happened.
  const exception = db.prepare(
    `SELECT id, state, reason, detail, attempts, at_ms FROM exception
     WHERE lane = ?1 AND pos IN (?2, -?2) ORDER BY pos LIMIT 1`,
  );
  return function exceptionFate(lane: number, pos: number): Fate | undefined {
    const row = exception.get(lane, pos) as ExceptionRecord | undefined;
    if (row?.state === 'delivered') return { state: 'delivered', byMs: row.at_ms };
    if (row === undefined) return undefined;
    const { state, id, reason, detail, attempts, at_ms: atMs } = row;
    return { state, id, reason, detail, attempts, atMs };
  };
}

/** Gap, receipt or still waiting, in that order of proof. */
function createSettledFate(db: DatabaseSync) {
  const gap = db.prepare(
    'SELECT reason, at_ms FROM gap WHERE lane = ? AND shard = ? AND to_n >= ? AND from_n <= ? ORDER BY to_n LIMIT 1',
  );
  const cursor = db.prepare('SELECT n FROM cursor WHERE lane = ? AND shard = ?');
  const receiptAfter = db.prepare(
    'SELECT at_ms FROM receipt WHERE lane = ? AND shard = ? AND to_n >= ? ORDER BY to_n LIMIT 1',
  );
  const receiptBefore = db.prepare(
    'SELECT at_ms FROM receipt WHERE lane = ? AND shard = ? AND to_n < ? ORDER BY to_n DESC LIMIT 1',
  );

  return function settledFate(lane: number, pos: number): Fate {
    const { shard, n } = positionOf(pos);
    const hole = gap.get(lane, shard, n, n) as { reason: string; at_ms: number } | undefined;
    if (hole !== undefined) {
      return { state: 'gap', reason: hole.reason as never, atMs: hole.at_ms };
    }
    const place = cursor.get(lane, shard) as { n: number } | undefined;
    if (place === undefined || n > place.n) return { state: 'waiting' };
    const after = receiptAfter.get(lane, shard, n) as { at_ms: number } | undefined;
    if (after === undefined) return { state: 'beyondHistory' };
    const before = receiptBefore.get(lane, shard, n) as { at_ms: number } | undefined;
    const byMs = after.at_ms;
    return before === undefined
      ? { state: 'delivered', byMs }
      : { state: 'delivered', byMs, afterMs: before.at_ms };
  };
}
