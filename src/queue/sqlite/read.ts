import type { DatabaseSync } from 'node:sqlite';
import { positionKey, positionOf } from '../position.ts';
import type { ExceptionRow, ExceptionState, Position, ReadResult, StoredAlert } from '../queue.ts';
import { rowChecksum } from './append.ts';

/** Keys one read looks at: it keeps the thread for some ms at most, and the log from growing. */
const SCAN_KEYS_MAX = 2000;

/** Text one read hands over; a single alert may be larger. */
export const READ_BYTES_MAX = 1024 * 1024;

/** A body comes out as text. */
export const BODY_TEXT = 'CAST(body AS TEXT) AS body';

interface AlertRow {
  readonly pos: number;
  readonly at_ms: number;
  readonly lanes: string;
  readonly crc: number;
  readonly ingest: string;
  readonly body: string;
}

/** What lanes read: forward, bounded, on a connection of its own. */
export function createReads(db: DatabaseSync) {
  return { read: createRead(db), ...createExceptionReads(db) };
}

function createRead(db: DatabaseSync) {
  const wanted = db.prepare(
    `SELECT pos, at_ms, lanes, crc, ingest, ${BODY_TEXT} FROM
       (SELECT * FROM alert WHERE pos > ? AND pos <= ? ORDER BY pos LIMIT ${SCAN_KEYS_MAX})
     WHERE instr(lanes, ?) > 0`,
  );
  const scanned = db.prepare(
    `SELECT max(pos) AS pos, count(*) AS count FROM
       (SELECT pos FROM alert WHERE pos > ? AND pos <= ? ORDER BY pos LIMIT ${SCAN_KEYS_MAX})`,
  );

  /** `head`: the last number that is committed; nothing beyond it is looked at. */
  return function read(
    lane: number,
    shard: number,
    after: number,
    limit: number,
    head: number,
    bytesMax = READ_BYTES_MAX,
  ): ReadResult {
    const start = positionKey(shard, 0);
    const alerts: StoredAlert[] = [];
    const damaged: Position[] = [];
    let bytes = 0;
    for (const row of wanted.iterate(start + after, start + head, `,${lane},`)) {
      const alert = row as unknown as AlertRow;
      const position = positionOf(alert.pos);
      if (rowChecksum(alert.lanes, alert.body) === alert.crc) {
        const { ingest, body: json, at_ms: receivedAtMs } = alert;
        alerts.push({ position, json, ingest, receivedAtMs });
        bytes += json.length;
      } else {
        damaged.push(position);
      }
      // Cut short: the scan ends here, and the next read goes on after it.
      if (alerts.length >= limit || bytes >= bytesMax) {
        return { alerts, damaged, scannedTo: position.n };
      }
    }
    const end = scanned.get(start + after, start + head) as { pos: number | null; count: number };
    const scannedTo = end.count < SCAN_KEYS_MAX || end.pos === null ? head : end.pos - start;
    return { alerts, damaged, scannedTo };
  };
}

interface ExceptionRecord {
  readonly id: number;
  readonly lane: number;
  readonly pos: number;
  readonly state: ExceptionState;
  readonly uuid: string;
  readonly reason: string;
  readonly detail: string;
  readonly attempts: number;
  readonly bytes: number;
  readonly failing_ms: number;
  readonly at_ms: number;
  readonly received_ms: number;
}

export const EXCEPTION_COLUMNS =
  'id, lane, pos, state, uuid, reason, detail, attempts, length(body) AS bytes, failing_ms, at_ms, received_ms';

export function exceptionRow(record: unknown): ExceptionRow {
  const { pos, failing_ms, at_ms, received_ms, ...rest } = record as ExceptionRecord;
  return {
    ...rest,
    position: positionOf(pos),
    failingMs: failing_ms,
    atMs: at_ms,
    receivedAtMs: received_ms,
  };
}

/** A lane's retries: their rows, and the text of one. */
export function createExceptionReads(db: DatabaseSync) {
  const list = db.prepare(
    `SELECT ${EXCEPTION_COLUMNS} FROM exception
     WHERE lane = ? AND state = ? AND body IS NOT NULL ORDER BY id LIMIT ?`,
  );
  const one = db.prepare(
    `SELECT pos, received_ms, ingest, ${BODY_TEXT} FROM exception
     WHERE id = ? AND state IN ('retry', 'held')`,
  );
  return {
    exceptions(lane: number, state: ExceptionState, limit: number): ExceptionRow[] {
      return list.all(lane, state, limit).map(exceptionRow);
    },
    exceptionAlert(id: number): StoredAlert | undefined {
      const row = one.get(id) as
        | { pos: number; received_ms: number; ingest: string; body: string | null }
        | undefined;
      if (row === undefined || row.body === null) return undefined;
      return {
        position: positionOf(row.pos),
        json: row.body,
        ingest: row.ingest,
        receivedAtMs: row.received_ms,
      };
    },
  };
}
