import type { DatabaseSync } from 'node:sqlite';
import { PRIORITIES, type Priority } from '../../alert.ts';
import type { AlertFilter, AlertRecord, DeadLetter } from '../history.ts';
import { positionKey, positionOf } from '../position.ts';
import { createFates } from './fates.ts';
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
  const fates = createFates(db);
  const findOutlived = createFindOutlived(db, fates);
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
    const told = fates.of({ pos, uuid: rest.uuid, lanes });
    return { ...rest, receivedAtMs: at_ms, priority: priorityAt(pos), json: body, fates: told };
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
    /** Every alert with this uuid that there is, and what became of it at each output it was for. */
    find: (uuid: string): AlertRecord[] => [...byUuid.all(uuid).map(record), ...findOutlived(uuid)],
    /** The newest first. */
    alerts(filter: AlertFilter): AlertRecord[] {
      const found = PRIORITIES.flatMap((_, shard) => newestOfShard(shard, filter));
      found.sort((a, b) => b.receivedAtMs - a.receivedAtMs);
      return found.slice(0, filter.limit);
    },
  };
}

interface OutlivedRow {
  readonly pos: number;
  readonly lanes: string;
  readonly received_ms: number;
  readonly ingest: string;
  readonly body: string;
}

/** Dead letters and retries own their text, and so may be all that is left of an alert. */
function createFindOutlived(db: DatabaseSync, fates: ReturnType<typeof createFates>) {
  const outlived = db.prepare(
    `SELECT abs(pos) AS pos, group_concat(lane) AS lanes, received_ms, ingest,
       CAST(max(body) AS TEXT) AS body
     FROM exception e
     WHERE uuid = ? AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.pos = abs(e.pos))
     GROUP BY abs(pos) HAVING max(body) IS NOT NULL LIMIT ${SAME_UUID_MAX}`,
  );
  return function findOutlived(uuid: string): AlertRecord[] {
    return outlived.all(uuid).map((found) => {
      const {
        pos,
        lanes,
        received_ms: receivedAtMs,
        ingest,
        body,
      } = found as unknown as OutlivedRow;
      const { rule = '', source = '', hostname = '' } = JSON.parse(body) as Partial<AlertRecord>;
      const priority = priorityAt(pos);
      const told = fates.ofOutlived(pos, lanes.split(',').map(Number));
      return {
        uuid,
        receivedAtMs,
        priority,
        rule,
        source,
        hostname,
        ingest,
        json: body,
        fates: told,
      };
    });
  };
}

function priorityAt(pos: number): Priority {
  return PRIORITIES[positionOf(pos).shard] as Priority;
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
