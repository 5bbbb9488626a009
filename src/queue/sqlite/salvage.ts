import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { SHARD_SIZE } from '../position.ts';
import { unlessCorrupt } from './disk.ts';
import { createLedger } from './ledger.ts';

/** A file that says: damage was found while the queue ran, to be salvaged at the next start. */
export function salvageMark(directory: string): string {
  return join(directory, 'queue.db.salvage');
}

/** A disk that cannot even take the mark is told of by all who write. */
export function markForSalvage(directory: string): void {
  try {
    writeFileSync(salvageMark(directory), '');
  } catch {
    // Damage is found again by the next who reads there.
  }
}

/** Tables in the order in which they matter; each is copied as far as it can be read. */
const TABLES = ['meta', 'lane', 'cursor', 'exception', 'gap', 'receipt', 'alert'] as const;

/**
 * Copies what can still be read of a damaged queue file into a new, empty one. Alerts keep their
 * positions, so the lanes go on where they were.
 */
export function salvage(damagedPath: string, target: DatabaseSync): { alerts: number } {
  let source: DatabaseSync;
  try {
    source = new DatabaseSync(damagedPath, { readOnly: true, defensive: false });
    // Else SQLite reads nothing of a file that is shorter than its header says.
    source.exec('PRAGMA writable_schema=ON');
  } catch {
    // Not even the header is left: there is nothing to copy, and the file itself is kept.
    return { alerts: 0 };
  }
  try {
    for (const table of TABLES) copyTable(source, target, table);
    unlessCorrupt(() => copyAlertsBetween(source, target));
    raiseNextN(target);
    bookMissing(target);
    const { alerts } = target.prepare('SELECT count(*) AS alerts FROM alert').get() as {
      alerts: number;
    };
    return { alerts };
  } finally {
    source.close();
  }
}

/** What each lane misses now is a gap of no place: which alerts those were nobody knows. */
function bookMissing(target: DatabaseSync): void {
  const suppress = target.prepare('UPDATE lane SET suppressed = suppressed + ? WHERE id = ?');
  const book = target.prepare("INSERT INTO gap VALUES (?, 0, 0, 0, ?, 'damaged', ?)");
  for (const { lane, mismatch } of createLedger(target)()) {
    if (mismatch <= 0) continue;
    suppress.run(mismatch, lane.id);
    book.run(lane.id, mismatch, Date.now());
  }
}

/** The counter may be older than what was saved: a number must never be given twice. */
function raiseNextN(target: DatabaseSync): void {
  target.exec(`
    UPDATE meta SET value = max(
      value,
      (SELECT coalesce(max(pos % ${SHARD_SIZE}), 0) + 1 FROM alert),
      (SELECT coalesce(max(abs(pos) % ${SHARD_SIZE}), 0) + 1 FROM exception),
      (SELECT coalesce(max(n), 0) + 1 FROM cursor)
    ) WHERE key = 'nextN'`);
}

/** Tables in which a row has one number, so that they can be read from their end as well. */
const NUMBERED: ReadonlySet<string> = new Set(['lane', 'exception', 'alert']);

/** A damaged page hides what comes after it from the front, and what comes before it from the end. */
function copyTable(source: DatabaseSync, target: DatabaseSync, table: string): void {
  const whole = copyRows(source, target, table, '');
  if (!whole && NUMBERED.has(table)) copyRows(source, target, table, 'ORDER BY rowid DESC');
}

/** The index of uuids lies on pages of its own, and knows the alerts between damaged ones. */
function copyAlertsBetween(source: DatabaseSync, target: DatabaseSync): void {
  const known = source.prepare('SELECT pos FROM alert INDEXED BY alert_uuid');
  const columns = columnsOf(target, 'alert');
  const row = source.prepare(`SELECT ${columns.join(', ')} FROM alert WHERE pos = ?`);
  const present = target.prepare('SELECT 1 FROM alert WHERE pos = ?');
  const insert = insertInto(target, 'alert', columns);
  target.exec('BEGIN');
  unlessCorrupt(() => {
    for (const { pos } of known.iterate()) {
      if (present.get(pos as number) !== undefined) continue;
      const found = unlessCorrupt(() => row.get(pos as number));
      if (found !== undefined) insert(found);
    }
  });
  target.exec('COMMIT');
}

function columnsOf(db: DatabaseSync, table: string): string[] {
  const columns = db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
  return columns.map((row) => (row as { name: string }).name);
}

type Row = Record<string, SQLOutputValue>;

function insertInto(db: DatabaseSync, table: string, columns: readonly string[]) {
  const marks = columns.map(() => '?').join(', ');
  const insert = db.prepare(
    `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${marks})`,
  );
  return (row: Row): void => {
    insert.run(...columns.map((column) => row[column] as string | number | null));
  };
}

/** Copies rows up to the first damaged page. True: there was none. */
function copyRows(
  source: DatabaseSync,
  target: DatabaseSync,
  table: string,
  order: string,
): boolean {
  const columns = columnsOf(target, table);
  const insert = insertInto(target, table, columns);
  target.exec('BEGIN');
  try {
    const rows = source.prepare(`SELECT ${columns.join(', ')} FROM ${table} ${order}`);
    let isWhole = true;
    for (const row of rows.iterate()) {
      // Of a row on a torn page there is nothing left: see `damage.ts`.
      if (table === 'alert' && Object.values(row).includes(null)) isWhole = false;
      else insert(row);
    }
    return isWhole;
  } catch {
    return false;
  } finally {
    target.exec('COMMIT');
  }
}
