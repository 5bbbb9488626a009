import { DatabaseSync } from 'node:sqlite';

/** Result code of a lock that somebody else holds (sqlite.org/rescode.html); extended ones share its low byte. */
const SQLITE_BUSY = 5;

/** Another hub has the queue directory. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

/**
 * Holds `lock.db` in an exclusive transaction: a second process cannot, and the kernel frees it
 * even after `kill -9`. Without it two hubs on one directory both send everything.
 */
export function takeLock(path: string): { release(): void } {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY;');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 !== SQLITE_BUSY) throw error;
    throw new LockedError(
      'Another hub has this queue directory. Stop it, or give each hub a queue.directory of its own.',
    );
  }
  return { release: () => db.close() };
}
