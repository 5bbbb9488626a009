import { DatabaseSync } from 'node:sqlite';
import { SHARD_SIZE } from '../position.ts';

/** Tables in the order in which they matter; each is copied as far as it can be read. */
const TABLES = ['meta', 'lane', 'cursor', 'exception', 'gap', 'receipt', 'alert'] as const;

/**
 * Copies what can still be read of a damaged queue file into a new, empty one. Alerts keep their
 * positions, so the lanes go on where they were.
 */
export function salvage(damagedPath: string, target: DatabaseSync): { alerts: number } {
  let source: DatabaseSync;
  try {
    source = new DatabaseSync(damagedPath, { readOnly: true });
  } catch {
    // Not even the header is left: there is nothing to copy, and the file itself is kept.
    return { alerts: 0 };
  }
  try {
    for (const table of TABLES) copyTable(source, target, table);
    raiseNextN(target);
    const { alerts } = target.prepare('SELECT count(*) AS alerts FROM alert').get() as {
      alerts: number;
    };
    return { alerts };
  } finally {
    source.close();
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

/** Copies rows up to the first damaged page. True: there was none. */
function copyRows(
  source: DatabaseSync,
  target: DatabaseSync,
  table: string,
  order: string,
): boolean {
  const columns = target
    .prepare(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map((row) => (row as { name: string }).name);
  const names = columns.join(', ');
  const marks = columns.map(() => '?').join(', ');
  const insert = target.prepare(`INSERT OR REPLACE INTO ${table} (${names}) VALUES (${marks})`);
  target.exec('BEGIN');
  try {
    for (const row of source.prepare(`SELECT ${names} FROM ${table} ${order}`).iterate()) {
      insert.run(...columns.map((column) => row[column] as string | number | null));
    }
    return true;
  } catch {
    return false;
  } finally {
    target.exec('COMMIT');
  }
}
