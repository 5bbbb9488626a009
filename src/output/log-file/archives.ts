import { createReadStream, createWriteStream } from 'node:fs';
import { access, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Files set aside: named by the time, packed, and only so many of them. */

export interface Retention {
  /** Archives kept, the newest. */
  readonly keep: number;
  readonly gzip: boolean;
}

/**
 * Sets a full file aside under a name of its own, then brings the archives in order. Rejects with the
 * file system's error; the next call finishes what this one began.
 */
export async function setAside(path: string, retention: Retention): Promise<void> {
  await rename(path, await freeName(path));
  await tidy(path, retention);
}

/** Two rotations within one millisecond must not overwrite one another. */
async function freeName(path: string): Promise<string> {
  let stampMs = Date.now();
  const name = (): string => `${path}.${archiveStamp(stampMs)}`;
  while ((await exists(name())) || (await exists(`${name()}.gz`))) stampMs += 1;
  return name();
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Removes archives beyond `keep` and packs what is not packed yet. It looks at the directory rather
 * than at what was just set aside, so that it also finishes what a crash interrupted.
 */
async function tidy(path: string, { keep, gzip }: Retention): Promise<void> {
  const directory = dirname(path);
  const names = (await readdir(directory)).filter((name) => isArchive(basename(path), name)).sort();
  const archives = names.filter((name) => !name.endsWith(UNFINISHED));
  const doomed = [
    ...names.filter((name) => name.endsWith(UNFINISHED)),
    ...archives.slice(0, -keep),
  ];
  for (const name of doomed) await rm(join(directory, name), { force: true });
  if (!gzip) return;
  const unpacked = archives.slice(-keep).filter((name) => !name.endsWith('.gz'));
  for (const name of unpacked) await pack(join(directory, name));
}

const UNFINISHED = '.part';

/** The packed archive appears under its name only when it is whole. */
async function pack(path: string): Promise<void> {
  const unfinished = `${path}.gz${UNFINISHED}`;
  await pipeline(
    createReadStream(path),
    createGzip(),
    createWriteStream(unfinished, { mode: 0o600, flush: true }),
  );
  await rename(unfinished, `${path}.gz`);
  await rm(path);
}

/** `20261122T105735.123Z`: sorts by time, and needs no quoting in a shell. */
export function archiveStamp(timeMs: number): string {
  return new Date(timeMs).toISOString().replaceAll('-', '').replaceAll(':', '');
}

/** Whether `name` is an archive of the file called `base`, packed, half packed or not. */
export function isArchive(base: string, name: string): boolean {
  return name.startsWith(`${base}.`) && ARCHIVE_END.test(name.slice(base.length));
}

const ARCHIVE_END = /^\.\d{8}T\d{6}\.\d{3}Z(\.gz(\.part)?)?$/;
