import { type FileHandle, open } from 'node:fs/promises';
import type { AuditRoom } from '../auditd/room.ts';
import { Room } from '../lines/room.ts';
import { Follower, type FollowedFile } from './follower.ts';
import type { HandOver } from './hand-over.ts';
import { FileLines, type LineContext } from './lines.ts';
import {
  BEGINNING,
  type FileId,
  hasMark,
  idOf,
  isSame,
  type Mark,
  readAt,
  type StoredFile,
  TAIL_BYTES,
} from './mark.ts';
import { realPathOf, siblingsOf } from './places.ts';
import type { FileInputSettings } from './settings.ts';

export interface OpenerDeps {
  readonly settings: FileInputSettings;
  readonly handOver: HandOver;
  readonly context: () => LineContext;
  /** For auditd's events that are not whole, of all inputs. */
  readonly auditRoom: AuditRoom;
}

/** A place from which a file is to be read. */
type From = Pick<StoredFile, 'source' | 'mark'>;

/** For parts of lines that wait for their end, in characters, over all files of an input. */
const ROOM_CHARS = 16 * 1024 * 1024;

/** Opens files at the places where they are to be read. */
export class Opener {
  readonly #deps: OpenerDeps;
  readonly #parts: Room;

  constructor(deps: OpenerDeps) {
    this.#deps = deps;
    // A line that may be as long must have its place.
    this.#parts = new Room(Math.max(ROOM_CHARS, deps.settings.lineBytesMax));
  }

  /** A file that was never read: from its beginning, or from its end. */
  async openNew(path: string, id: FileId, start: FileInputSettings['start']): Promise<Follower> {
    return this.#open(path, id, async (handle) => ({
      source: id,
      mark: start === 'end' ? await endOf(handle) : BEGINNING,
    }));
  }

  /** A file where it was read before. Undefined: it is not what it was, but written anew. */
  async openAgain(
    path: string,
    { id, source, mark }: Pick<StoredFile, 'id' | 'source' | 'mark'>,
  ): Promise<Follower | undefined> {
    const handle = await openFile(path, id);
    try {
      if (await hasMark(handle, mark)) {
        return this.#follow({ handle, id, source, path: await realPathOf(path) }, mark);
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return undefined;
  }

  /** The copy that was made before a file was emptied, at the place where the file was read. */
  async openCopy({ path, id, source, mark }: StoredFile): Promise<Follower | undefined> {
    // Without a line in front of it no place can be told from another.
    if (mark.tail.length === 0) return undefined;
    const siblings = (await siblingsOf(path)) ?? [];
    for (const sibling of siblings) {
      if (isSame(sibling.id, id)) continue;
      const copy = { id: sibling.id, source, mark };
      const follower = await this.openAgain(sibling.path, copy).catch(() => undefined);
      if (follower !== undefined) return follower;
    }
    return undefined;
  }

  async #open(
    path: string,
    id: FileId,
    from: (handle: FileHandle) => Promise<From>,
  ): Promise<Follower> {
    const handle = await openFile(path, id);
    try {
      const { source, mark } = await from(handle);
      return this.#follow({ handle, id, source, path: await realPathOf(path) }, mark);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  #follow(file: FollowedFile, mark: Mark): Follower {
    const { settings, handOver, context, auditRoom } = this.#deps;
    const rooms = { parts: this.#parts, events: auditRoom };
    return new Follower(file, mark, {
      lines: new FileLines(file.source, settings, context, rooms),
      lineBytesMax: settings.lineBytesMax,
      nowMs: Date.now,
      take: (documents) => handOver.take(documents),
    });
  }
}

/**
 * Opens this very file: another one may have taken its name since somebody looked.
 *
 * @throws Error with the code ENOENT where it is another one.
 */
async function openFile(path: string, id: FileId): Promise<FileHandle> {
  const handle = await open(path, 'r');
  if (isSame(idOf(await handle.stat({ bigint: true })), id)) return handle;
  await handle.close();
  throw Object.assign(new Error('the file was moved'), { code: 'ENOENT' });
}

/** Behind what is written. A line that is begun there is no whole one. */
async function endOf(handle: FileHandle): Promise<Mark> {
  const { size } = await handle.stat();
  const offset = size;
  const tail = await readAt(handle, Math.max(0, size - TAIL_BYTES), Math.min(size, TAIL_BYTES));
  const isSkipping = tail.length > 0 && !tail.toString('latin1').endsWith('\n');
  return { offset, tail, isSkipping };
}
