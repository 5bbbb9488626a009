import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { archive } from './archive.ts';
import type { FileSettings } from './settings.ts';

/** A file that lines are appended to, which may be moved away, removed or grow too large meanwhile. */
export interface LogFile {
  /**
   * Appends what `text` makes, all of it or nothing. Rejects with the file system's error; the next
   * call then opens the file anew.
   */
  append(text: (afterTornLine: boolean) => string): Promise<void>;
  close(): Promise<void>;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly dev: number;
  readonly ino: number;
  readonly bornMs: number;
}

export function logFile(settings: FileSettings): LogFile {
  let current: OpenFile | undefined;
  const syncing = syncPolicy(settings.sync);

  async function release(): Promise<void> {
    const { handle } = current ?? {};
    current = undefined;
    await handle?.close();
  }

  /** The file now at the path: logrotate may have moved the one that is open, or someone removed it. */
  async function reopen(): Promise<OpenFile> {
    if (current !== undefined && (await isStillAt(settings.path, current))) return current;
    if (current !== undefined) await syncing.now(current.handle);
    await release();
    current = await openForAppend(settings);
    return current;
  }

  async function write(text: (afterTornLine: boolean) => string): Promise<void> {
    let file = await reopen();
    if (isFull(settings.rotate, file, await sizeOf(file))) {
      await archive(settings.path, settings.rotate);
      file = await reopen();
    }
    const { handle } = file;
    const size = await sizeOf(file);
    await writeWhole(handle, text(await endsTorn(handle, size)), size);
    await syncing.after(handle);
  }

  return {
    async append(text) {
      try {
        await write(text);
      } catch (error) {
        await release().catch(() => undefined);
        throw error;
      }
    },
    async close() {
      try {
        if (current !== undefined) await syncing.now(current.handle);
      } finally {
        await release();
      }
    },
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

async function openForAppend({ path, sync }: FileSettings): Promise<OpenFile> {
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

function isFull({ bytesMax, ageMax }: FileSettings['rotate'], file: OpenFile, size: number) {
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
  /** After a batch. */
  after(handle: FileHandle): Promise<void>;
  /** Before a file is let go. */
  now(handle: FileHandle): Promise<void>;
}

/** When written data is forced to disk, so that it survives a power loss. */
function syncPolicy(sync: FileSettings['sync']): SyncPolicy {
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
