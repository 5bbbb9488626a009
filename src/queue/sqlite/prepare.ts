import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { effectiveBytesMax, isCorrupt } from './disk.ts';
import { takeLock } from './lock.ts';
import { salvage } from './salvage.ts';
import { isOurs, openForWriting } from './schema.ts';

/** The group has the owner's rights, since OpenShift gives a pod any uid and group 0. */
const DIRECTORY_MODE = 0o770;
const FILE_MODE = 0o600;

export interface Prepared {
  /** What the volume allows of what was configured. */
  readonly bytesMax: number;
  /** What an operator should read: a file that was set aside, alerts that were saved from it. */
  readonly notes: readonly string[];
}

/**
 * Makes the directory ready before the threads start: creates it, sets its rights whatever the
 * umask, and puts a file that is no longer a database aside (never overwritten, never deleted).
 */
export function prepareDirectory(directory: string, bytesMax: number): Prepared {
  mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE });
  restrict(directory, DIRECTORY_MODE);
  process.umask(0o077);
  const lock = takeLock(join(directory, 'lock.db'));
  try {
    const notes = setAsideIfBroken(directory);
    for (const file of readdirSync(directory)) {
      if (/^(queue|lock)\.db/.test(file)) restrict(join(directory, file), FILE_MODE);
    }
    return { bytesMax: effectiveBytesMax(directory, bytesMax), notes };
  } finally {
    lock.release();
  }
}

/** Another user's directory may be writable and yet not ours to change. */
function restrict(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

function setAsideIfBroken(directory: string): string[] {
  const path = join(directory, 'queue.db');
  if (!existsSync(path) || isReadable(path)) return [];
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  const db = openForWriting(path);
  const { alerts } = salvage(aside, db);
  db.close();
  return [
    `The queue file was damaged. It is kept as ${aside}; ${alerts} alerts could be read from it and are in the new file.`,
  ];
}

/** A look at every page's structure would take minutes on a large file: this finds a file that is no database, or whose schema is gone. */
function isReadable(path: string): boolean {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 5000 });
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    isOurs(db);
    return true;
  } catch (error) {
    if (isCorrupt(error)) return false;
    throw error;
  } finally {
    db?.close();
  }
}
