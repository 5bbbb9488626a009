import { glob, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { type FileId, idOf } from './mark.ts';

/** Files of one input at once. */
export const FILES_MAX = 512;
/** Names of one directory that are looked at for a file that was moved. */
const NAMES_MAX = 2000;

const GLOB = /[*?[{]/;
/** What rotation leaves behind is no text any more. */
const COMPRESSED = /\.(?:gz|bz2|xz|zst|lz4|zip)$/;

export interface Places {
  readonly paths: readonly string[];
  /** There are more than an input may have. */
  readonly isCut: boolean;
}

export function isGlob(path: string): boolean {
  return GLOB.test(path);
}

/** The names that paths and globs stand for; a path that is none stands for itself. */
export async function expandPaths(paths: readonly string[]): Promise<Places> {
  const found = new Set(paths.filter((path) => !isGlob(path)));
  for (const pattern of paths.filter(isGlob)) {
    for await (const path of glob(pattern)) {
      if (COMPRESSED.test(path)) continue;
      if (found.size >= FILES_MAX) return { paths: [...found].sort(), isCut: true };
      found.add(path);
    }
  }
  return { paths: [...found].sort(), isCut: false };
}

/** Where a file really is: rotation moves it there. */
export async function realPathOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

export interface Sibling {
  readonly path: string;
  readonly id: FileId;
  /** When it was written last, in ns since 1970. */
  readonly writtenAtNs: bigint;
}

/**
 * What may be a file under the name that rotation gave it, or its copy: files of the directory whose
 * name begins as its own does, up to the first point. Undefined: the directory cannot be read.
 */
export async function siblingsOf(path: string): Promise<readonly Sibling[] | undefined> {
  const name = basename(path);
  const stem = name.slice(0, Math.max(1, name.indexOf('.', 1)));
  const names = await readdir(dirname(path)).catch(() => undefined);
  if (names === undefined) return undefined;
  const siblings: Sibling[] = [];
  for (const other of names.slice(0, NAMES_MAX)) {
    if (!other.startsWith(stem) || COMPRESSED.test(other)) continue;
    const at = join(dirname(path), other);
    const stats = await stat(at, { bigint: true }).catch(() => undefined);
    if (stats?.isFile() !== true) continue;
    siblings.push({ path: at, id: idOf(stats), writtenAtNs: stats.mtimeNs });
  }
  return siblings;
}

/** What rotation puts behind a name, or in front of its extension: a number or a date. */
const ROTATION = /^[._-]\d[\dTZ._:-]{0,40}$/;

/**
 * Files that came and were rotated away since another one of the same name was written last, the
 * oldest first.
 */
export async function rotatedSince(path: string, writtenAtNs: bigint): Promise<readonly Sibling[]> {
  const siblings = (await siblingsOf(path)) ?? [];
  return siblings
    .filter((sibling) => sibling.writtenAtNs > writtenAtNs && isRotationOf(path, sibling.path))
    .sort((one, other) => Number(one.writtenAtNs - other.writtenAtNs));
}

/** `falco.log.1` and `falco.log-20260811` of `falco.log`, `audit-2026-08-11T00-00-00.log` of `audit.log`. */
function isRotationOf(path: string, other: string): boolean {
  const [name, rotated] = [basename(path), basename(other)];
  if (rotated.startsWith(name)) return ROTATION.test(rotated.slice(name.length));
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  if (!rotated.startsWith(stem) || !rotated.endsWith(extension)) return false;
  return ROTATION.test(rotated.slice(stem.length, rotated.length - extension.length));
}
