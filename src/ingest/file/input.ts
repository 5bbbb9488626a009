import { setTimeout as sleep } from 'node:timers/promises';
import type { Metrics } from '../../observe/metrics.ts';
import type { AuditRoom } from '../auditd/room.ts';
import type { Log } from '../log.ts';
import type { Follower } from './follower.ts';
import type { HandOver } from './hand-over.ts';
import type { LineContext } from './lines.ts';
import { type FileId, idAt, isSame, type StoredFile } from './mark.ts';
import { Opener } from './opener.ts';
import { PACE, type Pace, restMsAfter } from './pace.ts';
import { expandPaths, isGlob, realPathOf, rotatedSince, siblingsOf } from './places.ts';
import type { Positions } from './positions.ts';
import type { FileInputSettings } from './settings.ts';
import { Troubles } from './troubles.ts';

export interface FileInputDeps {
  readonly name: string;
  readonly settings: FileInputSettings;
  readonly handOver: HandOver;
  readonly context: () => LineContext;
  readonly auditRoom: AuditRoom;
  readonly positions: Positions;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Aborted when the hub stops, or the input is no longer configured. */
  readonly stopping: AbortSignal;
  readonly pace?: Pace;
}

const NS_PER_MS = 1_000_000n;
/** Files without their name that are kept open. */
const MOVED_MAX = 16;

/** A file that is read, and when to look at it again. */
interface Entry {
  readonly follower: Follower;
  /** Where it is, without symbolic links. */
  path: string;
  /** The name under which it was written. */
  name: string;
  isMoved: boolean;
  restMs: number;
  dueAtMs: number;
  grewAtMs: number;
}

/** Follows the files of one input, one after the other, from the places where it was. */
export class FileInput {
  readonly #deps: FileInputDeps;
  readonly #pace: Pace;
  readonly #opener: Opener;
  readonly #troubles: Troubles;
  readonly #isNew: boolean;
  #entries: Entry[] = [];
  /** Files that were read before, and are not open now. */
  #before: StoredFile[];
  #isFirstLook = true;
  #findAtMs = 0;
  /** When files were last looked for, in ms since 1970. */
  #lookedAtMs: number;

  constructor(deps: FileInputDeps) {
    this.#deps = deps;
    this.#pace = deps.pace ?? PACE;
    this.#opener = new Opener(deps);
    this.#troubles = new Troubles(deps.name, deps.log);
    const before = deps.positions.get(deps.name);
    this.#isNew = before === undefined;
    this.#before = [...(before?.files ?? [])];
    this.#lookedAtMs = before?.lookedAtMs ?? Date.now();
  }

  /** Resolves when the input is stopped. */
  async run(): Promise<void> {
    const { stopping } = this.#deps;
    try {
      while (!stopping.aborted) {
        const isNew = this.#isNew && this.#isFirstLook;
        if (performance.now() >= this.#findAtMs) await this.#find();
        this.#remember();
        // Or a hub that is killed would begin at the end again, behind what is written meanwhile.
        if (isNew) await this.#deps.positions.flush();
        const isBusy = await this.#readAll();
        this.#remember();
        if (!isBusy) await sleep(this.#pace.lookMs, undefined, { signal: stopping });
      }
    } catch (error) {
      if (!stopping.aborted) throw error;
    } finally {
      this.#remember();
      for (const { follower } of this.#entries) await follower.close();
    }
  }

  /** Only what is on disk is behind a position. */
  #remember(): void {
    const { name, positions, metrics } = this.#deps;
    const stored = this.#entries.map(({ follower, path }) => follower.stored(path));
    positions.set(name, { lookedAtMs: this.#lookedAtMs, files: [...stored, ...this.#before] });
    const behind = this.#entries.reduce((sum, { follower }) => sum + follower.behindBytes(), 0);
    metrics.fileBehind.set({ name }, behind);
    metrics.filesOpen.set({ name }, this.#entries.length);
    metrics.filesUnreadable.set({ name }, this.#troubles.count());
  }

  async #find(): Promise<void> {
    this.#findAtMs = performance.now() + this.#pace.findMs;
    const lookedAtMs = Date.now();
    const { paths, isCut } = await expandPaths(this.#deps.settings.paths);
    this.#troubles.tellCut(isCut);
    const named = new Set<Entry>();
    for (const path of paths) {
      const entry = await this.#at(path);
      if (entry !== undefined) named.add(entry);
    }
    this.#troubles.keepOnly(paths);
    await this.#findMoved();
    // More of them may be found on the way.
    for (const entry of this.#entries.slice()) {
      const wasMoved = entry.isMoved;
      entry.isMoved = !named.has(entry);
      if (!entry.isMoved || wasMoved) continue;
      await this.#findMissed(entry.name, await entry.follower.writtenAtNs());
    }
    await this.#endMoved();
    this.#isFirstLook = false;
    this.#lookedAtMs = lookedAtMs;
  }

  /** The file that has this name now, opened if it was not. */
  async #at(path: string): Promise<Entry | undefined> {
    try {
      const id = await idAt(path);
      const known = this.#entries.find(({ follower }) => isSame(follower.file.id, id));
      const entry = known ?? (await this.#appear(path, id));
      entry.path = await realPathOf(path);
      entry.name = entry.path;
      this.#troubles.over(path);
      return entry;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      // A file that a glob has found, and that has gone since, is nothing to worry about.
      const isFound = code === 'ENOENT' && this.#deps.settings.paths.every(isGlob);
      if (!isFound) this.#troubles.tell(path, code);
      return undefined;
    }
  }

  /** Nobody had this name when files were last looked for, if none that is open has had it. */
  async #appear(path: string, id: FileId): Promise<Entry> {
    const entry = this.#enter(await this.#open(path, id));
    const { name } = entry;
    const isFirst = this.#entries.every((other) => other === entry || other.name !== name);
    if (isFirst) await this.#findMissed(name, BigInt(this.#lookedAtMs) * NS_PER_MS);
    return entry;
  }

  async #open(path: string, id: FileId): Promise<Follower> {
    const at = this.#before.findIndex((one) => isSame(one.id, id));
    const before = this.#before[at];
    if (before === undefined) {
      const isOld = this.#isNew && this.#isFirstLook;
      return this.#opener.openNew(path, id, isOld ? this.#deps.settings.start : 'beginning');
    }
    const again = await this.#opener.openAgain(path, before);
    this.#before.splice(at, 1);
    if (again !== undefined) return again;
    await this.#readCopy(before);
    return this.#opener.openNew(path, id, 'beginning');
  }

  #enter(follower: Follower): Entry {
    const grewAtMs = performance.now();
    const { path } = follower.file;
    const entry = { follower, path, name: path, isMoved: false, restMs: 0, dueAtMs: 0, grewAtMs };
    this.#entries.push(entry);
    return entry;
  }

  /** A file was emptied: what was not read of it is in its copy, if there is one. */
  async #readCopy(stored: StoredFile): Promise<void> {
    const copy = await this.#opener.openCopy(stored);
    if (copy === undefined) this.#tellGap(stored.path);
    else this.#enter(copy).name = stored.path;
  }

  /** Files that were renamed while nobody looked. */
  async #findMoved(): Promise<void> {
    for (const stored of this.#before.slice()) {
      try {
        const siblings = await siblingsOf(stored.path);
        // A directory that is not there may come back.
        if (siblings === undefined) continue;
        const found = siblings.find(({ id }) => isSame(id, stored.id));
        const follower =
          found === undefined ? undefined : await this.#opener.openAgain(found.path, stored);
        this.#before = this.#before.filter((one) => one !== stored);
        if (follower === undefined) this.#tellGap(stored.path);
        else this.#enter(follower).name = stored.path;
      } catch (error) {
        // It is where it was, and cannot be opened now.
        if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      }
    }
  }

  /** Files that had a name since then, and lost it before they were seen. */
  async #findMissed(name: string, sinceNs: bigint): Promise<void> {
    for (const { path, id } of await rotatedSince(name, sinceNs)) {
      if (this.#isKnown(id)) continue;
      const missed = await this.#opener.openNew(path, id, 'beginning').catch(() => undefined);
      if (missed === undefined) this.#tellGap(path);
      else this.#enter(missed).isMoved = true;
    }
  }

  #isKnown(id: FileId): boolean {
    const open = this.#entries.map(({ follower }) => follower.file);
    return [...open, ...this.#before].some((file) => isSame(file.id, id));
  }

  #tellGap(file: string): void {
    const { name, metrics, log } = this.#deps;
    metrics.fileGaps.inc({ name });
    log.warn({ input: name, file }, GAP);
  }

  /** Ends files without a name to which nothing is added any more, and the oldest of too many. */
  async #endMoved(): Promise<void> {
    const moved = this.#entries.filter(({ isMoved }) => isMoved);
    const oldMs = performance.now() - this.#pace.movedMs;
    for (const [at, entry] of moved.entries()) {
      const isOld = entry.grewAtMs < oldMs || moved.length - at > MOVED_MAX;
      if (entry.restMs === 0 || !isOld) continue;
      const { follower } = entry;
      if (await this.#try(entry, () => follower.finish())) await this.#leave(entry);
    }
  }

  async #leave(entry: Entry): Promise<void> {
    this.#entries = this.#entries.filter((other) => other !== entry);
    await entry.follower.close();
  }

  async #readAll(): Promise<boolean> {
    let isBusy = false;
    for (const entry of this.#entries) {
      if (performance.now() < entry.dueAtMs) continue;
      if (await this.#read(entry)) isBusy = true;
    }
    return isBusy;
  }

  /** Whether there was something to read. */
  async #read(entry: Entry): Promise<boolean> {
    let isBusy = false;
    await this.#try(entry, async () => {
      const step = await entry.follower.step();
      isBusy = step.outcome !== 'idle';
      this.#pause(entry, isBusy);
      if (step.outcome !== 'truncated') return;
      await this.#readCopy({ ...entry.follower.stored(entry.path), mark: step.from });
    });
    return isBusy;
  }

  #pause(entry: Entry, isBusy: boolean): void {
    const nowMs = performance.now();
    entry.restMs = isBusy ? 0 : restMsAfter(entry.restMs, this.#pace);
    entry.dueAtMs = nowMs + entry.restMs;
    if (isBusy) entry.grewAtMs = nowMs;
  }

  /** A file that cannot be read is opened again at the same place. */
  async #try(entry: Entry, read: () => Promise<void>): Promise<boolean> {
    try {
      await read();
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (typeof code !== 'string' || code === 'ABORT_ERR') throw error;
      this.#troubles.tell(entry.path, code);
      this.#before.push(entry.follower.stored(entry.path));
      await this.#leave(entry);
      return false;
    }
  }
}

const GAP =
  'A file was emptied or taken away, and its rest is not found: lines of it may be missing.';
