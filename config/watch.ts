import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

export interface Watch {
  /** Resolves when it has looked for the first time: what changes from then on is noticed. */
  readonly looked: Promise<void>;
  /** Stops looking. */
  close(): void;
}

/**
 * Calls `onChange` with the names of files whose content changed, appeared or went. Looks every
 * `intervalMs`; does not keep the process alive. Read the files after its first look, or right before:
 * what changes between is not noticed.
 */
export function watchFiles(
  files: readonly string[],
  onChange: (changed: readonly string[]) => void,
  { intervalMs = 1000 }: { readonly intervalMs?: number } = {},
): Watch {
  const detect = changeDetector(files);
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const first = Promise.withResolvers<void>();
  const tick = async (): Promise<void> => {
    const changed = await detect();
    first.resolve();
    if (isClosed) return;
    timer = setTimeout(() => void tick(), intervalMs).unref();
    if (changed.length > 0) onChange(changed);
  };
  void tick();
  return {
    looked: first.promise,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/**
 * Looks at files each time it is called, and returns those that are no longer as they were; the
 * first call only looks. Two looks must be equal, so that a file half written is not taken. It looks
 * instead of asking the kernel, because a mounted Secret changes by a link far above the file
 * (`..data`), and network file systems tell nothing.
 */
export function changeDetector(files: readonly string[]): () => Promise<readonly string[]> {
  const look = looker(files);
  let accepted: Look | undefined;
  let last: Look | undefined;
  return async () => {
    const now = await look();
    accepted ??= now;
    const isSettled = last !== undefined && differences(last, now).length === 0;
    last = now;
    if (!isSettled) return [];
    const changed = differences(accepted, now);
    accepted = now;
    return changed;
  };
}

/** The digest of each file's content, or why there is none. */
type Look = ReadonlyMap<string, string>;

function differences(before: Look, after: Look): string[] {
  return [...after].filter(([file, digest]) => before.get(file) !== digest).map(([file]) => file);
}

/** Files are large enough to matter only if somebody names the wrong one. */
const BYTES_MAX = 16n * 1024n * 1024n;

/** Reads only what may have changed since the last look. */
function looker(files: readonly string[]): () => Promise<Look> {
  const known = new Map<string, { readonly stamp: string; readonly digest: string }>();
  const lookAt = async (file: string): Promise<string> => {
    try {
      const stats = await stat(file, { bigint: true });
      const stamp = stampOf(stats);
      const before = known.get(file);
      if (before?.stamp === stamp) return before.digest;
      if (!stats.isFile() || stats.size > BYTES_MAX) return stamp;
      const digest = createHash('sha256')
        .update(await readFile(file))
        .digest('base64');
      if (isOld(stats)) known.set(file, { stamp, digest });
      return digest;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'unreadable';
    }
  };
  return async () =>
    new Map(await Promise.all(files.map(async (file) => [file, await lookAt(file)] as const)));
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

/** A file may be written twice within the grain of its time stamp: a fresh stamp proves nothing. */
function isOld({ ctimeMs }: BigIntStats): boolean {
  return Date.now() - Number(ctimeMs) > 2000;
}
