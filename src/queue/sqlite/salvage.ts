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
    const copied = TABLES.map((table) => copyTable(source, target, table));
    raiseNextN(target);
    return { alerts: copied.at(-1) ?? 0 };
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
      (SELECT coalesce(max(pos % ${SHARD_SIZE}), 0) + 1 FROM exception),
      (SELECT coalesce(max(n), 0) + 1 FROM cursor)
    ) WHERE key = 'nextN'`);
}

function copyTable(source: DatabaseSync, target: DatabaseSync, table: string): number {
  let copied = 0;
  target.exec('BEGIN');
  try {
    const columns = target
      .prepare(`SELECT name FROM pragma_table_info('${table}')`)
      .all()
      .map((row) => (row as { name: string }).name);
    const insert = target.prepare(
      `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    for (const row of source.prepare(`SELECT ${columns.join(', ')} FROM ${table}`).iterate()) {
      insert.run(...columns.map((column) => row[column] as string | number | null));
      copied += 1;
    }
  } catch {
    // A damaged page ends this table; the rows before it are good.
  }
  target.exec('COMMIT');
  return copied;
}
