import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

/**
 * The queue's file. An `alert` row stands once, however many outputs it is for; an output's
 * progress is a `cursor` per shard, and rows per alert and output (`exception`) exist only for what
 * did not go well. A `body` is JSON in UTF-8, stored as the bytes it comes in: `CAST(body AS TEXT)`
 * shows it.
 */

const SCHEMA_VERSION = 1;

export const TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE alert (
  pos INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  lanes TEXT NOT NULL,
  rule TEXT NOT NULL,
  source TEXT NOT NULL,
  hostname TEXT NOT NULL,
  crc INTEGER NOT NULL,
  ingest TEXT NOT NULL,
  body BLOB NOT NULL
);
CREATE INDEX alert_uuid ON alert (uuid);
CREATE TABLE lane (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  state TEXT NOT NULL,
  changed_ms INTEGER NOT NULL,
  routed INTEGER NOT NULL DEFAULT 0,
  delivered INTEGER NOT NULL DEFAULT 0,
  dead INTEGER NOT NULL DEFAULT 0,
  suppressed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE cursor (
  lane INTEGER, shard INTEGER, n INTEGER NOT NULL, PRIMARY KEY (lane, shard)
) WITHOUT ROWID;
CREATE TABLE exception (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  lane INTEGER NOT NULL,
  pos INTEGER NOT NULL,
  state TEXT NOT NULL,
  uuid TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  failing_ms INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  ingest TEXT NOT NULL,
  body BLOB,
  UNIQUE (lane, pos)
);
CREATE INDEX exception_uuid ON exception (uuid);
CREATE INDEX exception_state ON exception (state, lane, id);
CREATE TABLE gap (
  lane INTEGER NOT NULL,
  shard INTEGER NOT NULL,
  from_n INTEGER NOT NULL,
  to_n INTEGER NOT NULL,
  count INTEGER NOT NULL,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL
);
CREATE INDEX gap_place ON gap (lane, shard, to_n);
CREATE TABLE receipt (
  lane INTEGER, shard INTEGER, to_n INTEGER, at_ms INTEGER NOT NULL,
  PRIMARY KEY (lane, shard, to_n)
) WITHOUT ROWID;
`;

/** The file is another program's, or a newer hub's: it is left alone. */
export class ForeignFileError extends Error {
  override readonly name = 'ForeignFileError';
}

/**
 * Of a new file. Alerts take a kilobyte and more: of twice the usual size a page holds five of them
 * rather than two, so less of it stays empty, and fewer are written.
 */
export const PAGE_BYTES = 8192;

/**
 * Opens the queue's file for the one writer. WAL with `synchronous=FULL` syncs the log at every
 * commit; the reader folds the log, or the writer between commits, so `wal_autocheckpoint` is off.
 */
export function openForWriting(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    const isNew = !isOurs(db);
    db.exec(`PRAGMA page_size=${PAGE_BYTES}`);
    db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;');
    db.exec(
      'PRAGMA temp_store=MEMORY; PRAGMA cache_size=-4096; PRAGMA journal_size_limit=67108864;',
    );
    if (isNew) createSchema(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export function openForReading(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5000 });
  db.exec('PRAGMA query_only=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-4096;');
  return db;
}

/**
 * Whether the file holds a queue of this schema; false: it is empty. Changes nothing.
 *
 * @throws ForeignFileError
 */
export function isOurs(db: DatabaseSync): boolean {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as {
    user_version: number;
  };
  if (version === SCHEMA_VERSION) return true;
  const { count } = db.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as {
    count: number;
  };
  if (version === 0 && count === 0) return false;
  throw new ForeignFileError(
    `The queue file has schema ${version}; this hub knows ${SCHEMA_VERSION}. Start the hub that wrote it, or move the file away.`,
  );
}

function createSchema(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE');
  db.exec(TABLES);
  const meta = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
  meta.run('queueId', randomUUID());
  meta.run('nextN', 1);
  db.exec(`PRAGMA user_version=${SCHEMA_VERSION}`);
  db.exec('COMMIT');
}
