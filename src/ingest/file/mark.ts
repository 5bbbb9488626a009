import type { BigIntStats } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';

/** Which file it is, whatever its name: numbers as text, since they may have 64 bits. */
export interface FileId {
  readonly dev: string;
  readonly ino: string;
}

/**
 * A place between two lines of a file, with the bytes in front of it: where they are others, it is
 * another file, or one that was emptied and written anew.
 */
export interface Mark {
  readonly offset: number;
  readonly tail: Buffer;
  /** The place is within a line that is too long. */
  readonly isSkipping: boolean;
}

export const BEGINNING: Mark = { offset: 0, tail: Buffer.alloc(0), isSkipping: false };

/** Enough to hold the time of an alert, which is in no two of them the same. */
export const TAIL_BYTES = 256;

/** What is remembered of a file that is read. */
export interface StoredFile {
  /** Where it was last, without symbolic links. */
  readonly path: string;
  readonly id: FileId;
  /** The file that its lines were written to first: another one for a copy. */
  readonly source: FileId;
  readonly mark: Mark;
}

export function idOf({ dev, ino }: BigIntStats): FileId {
  return { dev: String(dev), ino: String(ino) };
}

export function isSame(one: FileId, other: FileId): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

export async function idAt(path: string): Promise<FileId> {
  return idOf(await stat(path, { bigint: true }));
}

/** Whether a file has, in front of the mark, what was there when the mark was set. */
export async function hasMark(handle: FileHandle, { offset, tail }: Mark): Promise<boolean> {
  const bytes = await readAt(handle, offset - tail.length, tail.length);
  return bytes.equals(tail);
}

/** So many bytes, or fewer where the file ends. */
export async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
