import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { effectiveBytesMax, isCorrupt } from './disk.ts';
import { takeLock } from './lock.ts';
import { salvage, salvageMark } from './salvage.ts';
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

/**
 * Makes a new file of what can be read of a broken one, or of one in which damage was found while it
 * ran. A start that ends in the middle of it does no harm: the next one begins anew, or finishes it.
 */
function setAsideIfBroken(directory: string): string[] {
  const path = join(directory, 'queue.db');
  const whole = `${path}.salvaged`;
  if (existsSync(whole)) return [setAside(path, whole, 'what')];
  if (!existsSync(path) || (isReadable(path) && !existsSync(salvageMark(directory)))) return [];
  const partial = `${path}.salvaging`;
  for (const suffix of SUFFIXES) rmSync(partial + suffix, { force: true });
  const db = openForWriting(partial);
  const { alerts } = salvage(path, db);
  db.close();
  renameSync(partial, whole);
  return [setAside(path, whole, `${alerts} alerts`)];
}

/** The log goes before its file: it must never be taken for the new file's. */
const SUFFIXES = ['-wal', '-shm', ''] as const;

/** Puts the salvaged file in the place of the damaged one, which is kept. Returns what to tell. */
function setAside(path: string, whole: string, what: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '')}`;
  for (const suffix of SUFFIXES) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  renameSync(whole, path);
  rmSync(salvageMark(dirname(path)), { force: true });
  return `The queue file was damaged. It is kept as ${aside}; ${what} could be read from it and are in the new file.`;
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
