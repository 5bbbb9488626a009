import {
  closeSync,
  fsyncSync,
  openSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** What the queue knows of the disk below it. */

/** SQLite's primary result codes that are the disk's fault (sqlite.org/rescode.html). */
const DISK_CODES: Readonly<Record<number, DiskFault>> = {
  8: 'readonly',
  10: 'io',
  11: 'corrupt',
  13: 'full',
  14: 'io',
  26: 'corrupt',
};

export type DiskFault = 'readonly' | 'io' | 'corrupt' | 'full';

export function diskFault(sqliteCode: number | undefined): DiskFault | undefined {
  return sqliteCode === undefined ? undefined : DISK_CODES[sqliteCode % 256];
}

/** What SQLite throws where a page of the file is not what it was. */
export function isCorrupt(error: unknown): boolean {
  return diskFault((error as { errcode?: number }).errcode) === 'corrupt';
}

/** What was read, or undefined where the page it lies on cannot be read. */
export function unlessCorrupt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    return undefined;
  }
}

const RESERVE_BYTES_MAX = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/**
 * A file that is given up when the disk is full: on a full disk even deleting rows needs room, for
 * the log that records it.
 */
export function createReserve(directory: string, bytesMax: number) {
  const path = join(directory, 'reserve');
  const wanted = Math.min(RESERVE_BYTES_MAX, Math.floor(bytesMax / 16));

  return {
    /** Writes the file where there is plenty of room; where there is not, there is nothing to give. */
    ensure(): void {
      const present = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (present >= wanted || freeBytes(directory) < wanted * 4) return;
      const file = openSync(path, 'w', 0o600);
      try {
        const chunk = Buffer.alloc(CHUNK_BYTES);
        for (let at = 0; at < wanted; at += CHUNK_BYTES) {
          writeSync(file, chunk, 0, Math.min(CHUNK_BYTES, wanted - at), at);
        }
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    },
    /** Whether there was something to give up. */
    release(): boolean {
      if (statSync(path, { throwIfNoEntry: false }) === undefined) return false;
      unlinkSync(path);
      return true;
    },
  };
}

function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** The most the queue may use: what is configured, and never more than 80 % of the volume. */
export function effectiveBytesMax(directory: string, bytesMax: number): number {
  const { blocks, bsize } = statfsSync(directory);
  return Math.min(bytesMax, Math.floor(blocks * bsize * 0.8));
}
