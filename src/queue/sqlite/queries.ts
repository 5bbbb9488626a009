import type { DatabaseSync } from 'node:sqlite';
import { PRIORITIES, type Priority } from '../../alert.ts';
import type { AlertFilter, AlertRecord, DeadLetter, Fate } from '../history.ts';
import { positionKey, positionOf } from '../position.ts';
import type { LaneLedger } from '../queue.ts';
import { BODY_TEXT, EXCEPTION_COLUMNS, exceptionRow } from './read.ts';

/** Operators' questions. They may take a while, so they run on the reading thread. */

/** Rows of a shard one question looks at before it answers with what it found. */
const QUESTION_ROWS_MAX = 50_000;
const SAME_UUID_MAX = 20;

interface AlertRow {
  readonly pos: number;
  readonly uuid: string;
  readonly at_ms: number;
  readonly lanes: string;
  readonly rule: string;
  readonly source: string;
  readonly hostname: string;
  readonly ingest: string;
  readonly body: string;
}

const ALERT_COLUMNS = `pos, uuid, at_ms, lanes, rule, source, hostname, ingest, ${BODY_TEXT}`;

export function createQueries(db: DatabaseSync) {
  return { ...createAlertQueries(db), ...createDeadQueries(db) };
}

function createAlertQueries(db: DatabaseSync) {
  const fatesOf = createFates(db);
  const byUuid = db.prepare(
    `SELECT ${ALERT_COLUMNS} FROM alert WHERE uuid = ? LIMIT ${SAME_UUID_MAX}`,
  );
  const newest = db.prepare(
    `SELECT ${ALERT_COLUMNS} FROM
       (SELECT * FROM alert WHERE pos > ?1 AND pos < ?2 ORDER BY pos DESC LIMIT ${QUESTION_ROWS_MAX})
     WHERE at_ms >= ?3 AND at_ms <= ?4 AND (?5 IS NULL OR rule = ?5) AND (?6 IS NULL OR hostname = ?6)`,
  );

  function record(row: unknown): AlertRecord {
    const { pos, at_ms, lanes, body, ...rest } = row as AlertRow;
    const priority = PRIORITIES[positionOf(pos).shard] as Priority;
    return { ...rest, receivedAtMs: at_ms, priority, json: body, fates: fatesOf(pos, lanes) };
  }

  function newestOfShard(shard: number, filter: AlertFilter): AlertRecord[] {
    const found: AlertRecord[] = [];
    const { sinceMs = 0, untilMs = Number.MAX_SAFE_INTEGER, rule = null, hostname = null } = filter;
    const [low, high] = [positionKey(shard, 0), positionKey(shard + 1, 0)];
    for (const row of newest.iterate(low, high, sinceMs, untilMs, rule, hostname)) {
      const alert = record(row);
      if (matches(alert, filter)) found.push(alert);
      if (found.length >= filter.limit) break;
    }
    return found;
  }

  return {
    /** Every stored alert with this uuid, and what became of it at each output it was for. */
    find: (uuid: string): AlertRecord[] => byUuid.all(uuid).map(record),
    /** The newest first. */
    alerts(filter: AlertFilter): AlertRecord[] {
      const found = PRIORITIES.flatMap((_, shard) => newestOfShard(shard, filter));
      found.sort((a, b) => b.receivedAtMs - a.receivedAtMs);
      return found.slice(0, filter.limit);
    },
  };
}

function matches(alert: AlertRecord, filter: AlertFilter): boolean {
  if (filter.output === undefined && filter.state === undefined) return true;
  return Object.entries(alert.fates).some(
    ([output, fate]) =>
      (filter.output === undefined || output === filter.output) &&
      (filter.state === undefined || fate.state === filter.state),
  );
}

function createDeadQueries(db: DatabaseSync) {
  const dead = db.prepare(
    `SELECT ${EXCEPTION_COLUMNS}, ${BODY_TEXT}, (SELECT name FROM lane WHERE lane.id = exception.lane) AS output
     FROM exception WHERE state = 'dead' AND (?1 IS NULL OR id = ?1) AND body IS NOT NULL
     ORDER BY id DESC LIMIT ?2`,
  );
  const lanes = db.prepare("SELECT id, name, type, state FROM lane WHERE state <> 'dropped'");
  return {
    deadLetters(limit: number, id?: number): DeadLetter[] {
      return dead.all(id ?? null, limit).map((row) => {
        const { body, output, ...columns } = row as { body: string; output: string };
        return Object.assign(exceptionRow(columns), { json: body, output });
      });
    },
    lanes: () =>
      lanes.all() as unknown as { id: number; name: string; type: string; state: string }[],
  };
}

interface ExceptionFate {
  readonly id: number;
  readonly state: 'retry' | 'held' | 'dead' | 'dropped' | 'delivered';
  readonly reason: string;
  readonly detail: string;
  readonly attempts: number;
  readonly at_ms: number;
}

interface LaneRow {
  readonly name: string;
  readonly state: LaneLedger['state'];
  readonly changed_ms: number;
}

/** Makes `fatesOf(pos, lanes)`: exception, gap, receipt or still waiting, in that order of proof. */
function createFates(db: DatabaseSync) {
  const laneOf = db.prepare('SELECT name, state, changed_ms FROM lane WHERE id = ?');
  const exception = db.prepare(
    'SELECT id, state, reason, detail, attempts, at_ms FROM exception WHERE lane = ? AND pos = ?',
  );
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

  function fateOf(lane: number, pos: number): Fate {
    const { shard, n } = positionOf(pos);
    const row = exception.get(lane, pos) as ExceptionFate | undefined;
    if (row !== undefined) return exceptionFate(row);
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
  }

  return function fatesOf(pos: number, lanes: string): Record<string, Fate> {
    const fates: Record<string, Fate> = {};
    for (const id of lanes.split(',').filter((text) => text !== '')) {
      const lane = laneOf.get(Number(id)) as LaneRow | undefined;
      const fate = fateOf(Number(id), pos);
      const isRemoved = fate.state === 'waiting' && lane?.state === 'dropped';
      fates[lane?.name ?? `#${id}`] = isRemoved
        ? { state: 'gap', reason: 'removed', atMs: lane.changed_ms }
        : fate;
    }
    return fates;
  };
}

function exceptionFate(row: ExceptionFate): Fate {
  if (row.state === 'delivered') return { state: 'delivered', byMs: row.at_ms };
  const { state, id, reason, detail, attempts, at_ms: atMs } = row;
  return { state, id, reason, detail, attempts, atMs };
}
