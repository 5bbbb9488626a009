import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Retention, setAside } from './archives.ts';

/**
 * A file that lines are appended to, which may be moved away, removed or grow too large meanwhile. One
 * call at a time: who has several waits for each.
 */
export interface LogFile {
  /**
   * Appends whole lines, all of them or none; when the disk fails only as they are forced to it, they
   * may be there though this rejects. Where a crash left half a line at the end of the file, a line
   * break comes first, so that the half line spoils nothing but itself. Rejects with the file system's
   * error, `EINVAL` for what is not a regular file; the next call then opens the file anew.
   */
  append(lines: string): Promise<void>;
  close(): Promise<void>;
}

export interface LogFileOptions {
  /** From the root. Its directory must be there. */
  readonly path: string;
  /**
   * When lines are forced to disk, so that they survive a power loss: before `append` resolves, with
   * the first `append` after a second, or when the system likes.
   */
  readonly sync: 'always' | 'interval' | 'never';
  readonly rotate: Rotation;
}

export interface Rotation extends Retention {
  /** A file of so many bytes is set aside before the next line. 0: never. */
  readonly bytesMax: number;
  /** A file of so many ms is. 0: never. */
  readonly ageMax: number;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly dev: number;
  readonly ino: number;
  readonly bornMs: number;
}

/** Opens nothing yet: the first `append` does. */
export function logFile(options: LogFileOptions): LogFile {
  let current: OpenFile | undefined;
  const syncing = syncPolicy(options.sync);

  async function release(): Promise<void> {
    const { handle } = current ?? {};
    current = undefined;
    await handle?.close();
  }

  async function letGo(): Promise<void> {
    try {
      if (current !== undefined) await syncing.now(current.handle);
    } finally {
      await release();
    }
  }

  /** The file now at the path: logrotate may have moved the one that is open, or someone removed it. */
  async function reopen(): Promise<OpenFile> {
    if (current !== undefined && (await isStillAt(options.path, current))) return current;
    await letGo();
    current = await openForAppend(options);
    return current;
  }

  async function write(lines: string): Promise<void> {
    let file = await reopen();
    if (isFull(options.rotate, file, await sizeOf(file))) {
      await setAside(options.path, options.rotate);
      file = await reopen();
    }
    const { handle } = file;
    const size = await sizeOf(file);
    const afterTornLine = await endsTorn(handle, size);
    await writeWhole(handle, afterTornLine ? `\n${lines}` : lines, size);
    await syncing.after(handle);
  }

  return {
    async append(lines) {
      try {
        await write(lines);
      } catch (error) {
        await release().catch(() => undefined);
        throw error;
      }
    },
    close: letGo,
  };
}

async function isStillAt(path: string, file: OpenFile): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  return there?.ino === file.ino && there.dev === file.dev;
}

async function sizeOf({ handle }: OpenFile): Promise<number> {
  return (await handle.stat()).size;
}

/**
 * Read, too, to see how the file ends. Only a regular file will do: a symbolic link would come apart
 * at the first rotation, and O_NONBLOCK keeps the open of a pipe that nobody reads from hanging.
 */
const FLAGS =
  constants.O_RDWR |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK;

async function openForAppend({ path, sync }: LogFileOptions): Promise<OpenFile> {
  const handle = await open(path, FLAGS, 0o600);
  try {
    const file = await identify(handle);
    if (sync === 'always') await syncDirectory(dirname(path));
    return file;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function identify(handle: FileHandle): Promise<OpenFile> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw Object.assign(new Error('not a regular file'), { code: 'EINVAL' });
  // Not every file system knows when a file was made.
  const bornMs = stats.birthtimeMs > 0 ? stats.birthtimeMs : Date.now();
  return { handle, dev: stats.dev, ino: stats.ino, bornMs };
}

/** A new name survives a power loss only when its directory is on disk, too. */
async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, constants.O_RDONLY);
  await directory.sync();
}

function isFull({ bytesMax, ageMax }: Rotation, file: OpenFile, size: number) {
  if (size === 0) return false;
  if (bytesMax > 0 && size >= bytesMax) return true;
  return ageMax > 0 && Date.now() - file.bornMs >= ageMax;
}

const NEWLINE = 0x0a;

async function endsTorn(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer[0] !== NEWLINE;
}

/** A disk that fills up in the middle of a batch would leave part of it, to be written twice. */
async function writeWhole(handle: FileHandle, text: string, sizeBefore: number): Promise<void> {
  try {
    await handle.appendFile(text);
  } catch (error) {
    await cutBack(handle, sizeBefore).catch(() => undefined);
    throw error;
  }
}

async function cutBack(handle: FileHandle, sizeBefore: number): Promise<void> {
  const { size } = await handle.stat();
  if (size > sizeBefore) await handle.truncate(sizeBefore);
}

const SYNC_INTERVAL_MS = 1000;

interface SyncPolicy {
  /** After lines were written. */
  after(handle: FileHandle): Promise<void>;
  /** Before a file is let go. */
  now(handle: FileHandle): Promise<void>;
}

function syncPolicy(sync: LogFileOptions['sync']): SyncPolicy {
  let syncedAtMs = performance.now();
  const force = async (handle: FileHandle): Promise<void> => {
    syncedAtMs = performance.now();
    await handle.datasync();
  };
  const isDue = (): boolean =>
    sync === 'always' || performance.now() - syncedAtMs >= SYNC_INTERVAL_MS;
  if (sync === 'never') return { after: async () => {}, now: async () => {} };
  return {
    after: async (handle) => {
      if (isDue()) await force(handle);
    },
    now: force,
  };
}
