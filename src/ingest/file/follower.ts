import type { FileHandle } from 'node:fs/promises';
import { splitLines } from '../lines/split.ts';
import type { FileLines } from './lines.ts';
import { BEGINNING, type FileId, type Mark, readAt, type StoredFile, TAIL_BYTES } from './mark.ts';

export interface FollowedFile {
  readonly handle: FileHandle;
  readonly id: FileId;
  readonly source: FileId;
  /** Without symbolic links. */
  readonly path: string;
}

export interface FollowerDeps {
  readonly lines: FileLines;
  readonly lineBytesMax: number;
  readonly nowMs: () => number;
  /** Resolves when they are on disk. Rejects when the hub stops: then they count as not read. */
  readonly take: (documents: readonly unknown[]) => Promise<void>;
}

/** What a look at the file came to. `truncated`: it was written anew, and the next look begins it. */
export type Step =
  | { readonly outcome: 'read' | 'idle' }
  | { readonly outcome: 'truncated'; readonly from: Mark };

const CHUNK_BYTES = 256 * 1024;
const MARKS_MAX = 1000;
const IDLE: Step = { outcome: 'idle' };
const READ: Step = { outcome: 'read' };

/** Reads an open file as it grows. Nothing of it stays in memory between two looks. */
export class Follower {
  readonly file: FollowedFile;
  readonly #deps: FollowerDeps;
  #offset: number;
  #tail: Buffer;
  #isSkipping: boolean;
  /** Ends of what was taken, the oldest first; at the first one reading begins again. */
  #marks: Mark[];
  /** What is read at once; more where a line is longer. */
  #chunkBytes = CHUNK_BYTES;
  #size = 0;
  #seen = '';

  constructor(file: FollowedFile, mark: Mark, deps: FollowerDeps) {
    this.file = file;
    this.#deps = deps;
    this.#offset = mark.offset;
    this.#tail = mark.tail;
    this.#isSkipping = mark.isSkipping;
    this.#marks = [mark];
  }

  /** Where the next start begins: all before it is on disk. */
  stored(path: string): StoredFile {
    const { id, source } = this.file;
    return { path, id, source, mark: this.#marks[0]! };
  }

  /** When the file was written last, in ns since 1970. */
  async writtenAtNs(): Promise<bigint> {
    const { mtimeNs } = await this.file.handle.stat({ bigint: true });
    return mtimeNs;
  }

  /** Bytes that are not read yet. */
  behindBytes(): number {
    return Math.max(0, this.#size - this.#offset);
  }

  /** Takes the next lines, if there are any. */
  async step(): Promise<Step> {
    const { size, mtimeMs } = await this.file.handle.stat();
    const seen = `${size} ${mtimeMs}`;
    if (seen === this.#seen) return this.#wait();
    this.#size = size;
    const kept = this.#tail.length;
    const bytes = await readAt(this.file.handle, this.#offset - kept, kept + this.#chunkBytes);
    if (!bytes.subarray(0, kept).equals(this.#tail)) return this.#beginAnew();
    const step = await this.#takeNext(bytes, kept);
    // Only where nothing was left is an unchanged file not worth a look.
    this.#seen = step === IDLE ? seen : '';
    return step;
  }

  /** Takes what is left of a file to which nothing is added any more. */
  async finish(): Promise<void> {
    const { lines, take, nowMs } = this.#deps;
    const bytes = await readAt(this.file.handle, this.#offset, this.#deps.lineBytesMax + 1);
    const isLine = bytes.length > 0 && !this.#isSkipping;
    const last = isLine ? lines.add({ bytes, startsAt: this.#offset }, nowMs()) : [];
    await take([...last, ...lines.giveUp(nowMs(), true)]);
    const all = Buffer.concat([this.#tail, bytes]);
    this.#advance(all, all.length);
  }

  async close(): Promise<void> {
    this.#deps.lines.forget();
    await this.file.handle.close().catch(() => undefined);
  }

  /** `bytes`: the tail, so many bytes of it, and what comes behind it. */
  async #takeNext(bytes: Buffer, kept: number): Promise<Step> {
    const fresh = bytes.subarray(kept);
    if (fresh.length === 0) return this.#wait();
    if (this.#isSkipping) return this.#skip(bytes, kept);
    const { lines, endedBytes } = splitLines(fresh, this.#offset);
    if (endedBytes === 0) return this.#takeLonger(bytes, kept);
    const nowMs = this.#deps.nowMs();
    const documents = lines.flatMap((line) => this.#deps.lines.add(line, nowMs));
    const given = this.#deps.lines.giveUp(nowMs, false);
    await this.#deps.take([...documents, ...given]);
    this.#advance(bytes, kept + endedBytes);
    this.#chunkBytes = CHUNK_BYTES;
    return READ;
  }

  /** No line ends here: it is not written to its end, or longer than what was read. */
  async #takeLonger(bytes: Buffer, kept: number): Promise<Step> {
    const length = bytes.length - kept;
    const { lineBytesMax, lines, take } = this.#deps;
    if (length > lineBytesMax) {
      await take(lines.add({ bytes: bytes.subarray(kept), startsAt: this.#offset }, 0));
      this.#isSkipping = true;
      this.#advance(bytes, bytes.length);
      return READ;
    }
    if (length < this.#chunkBytes) return IDLE;
    this.#chunkBytes = lineBytesMax + 1;
    return READ;
  }

  #skip(bytes: Buffer, kept: number): Step {
    const end = bytes.indexOf('\n', kept);
    this.#isSkipping = end === -1;
    this.#advance(bytes, end === -1 ? bytes.length : end + 1);
    this.#chunkBytes = CHUNK_BYTES;
    return READ;
  }

  /** Nothing new: what waits for its end may have waited long enough. */
  async #wait(): Promise<Step> {
    const { lines, take, nowMs } = this.#deps;
    const given = lines.giveUp(nowMs(), false);
    if (given.length > 0) await take(given);
    this.#dropMarks();
    return IDLE;
  }

  async #beginAnew(): Promise<Step> {
    const { lines, take, nowMs } = this.#deps;
    const from = { offset: this.#offset, tail: this.#tail, isSkipping: this.#isSkipping };
    await take(lines.giveUp(nowMs(), true));
    this.#offset = 0;
    this.#tail = BEGINNING.tail;
    this.#isSkipping = false;
    this.#marks = [BEGINNING];
    this.#seen = '';
    return { outcome: 'truncated', from };
  }

  /** What is read of `bytes`, the tail included, is done with. */
  #advance(bytes: Buffer, end: number): void {
    this.#offset += end - this.#tail.length;
    // A copy: a part would keep the whole chunk in memory.
    this.#tail = Buffer.from(bytes.subarray(Math.max(0, end - TAIL_BYTES), end));
    this.#marks.push({ offset: this.#offset, tail: this.#tail, isSkipping: this.#isSkipping });
    if (this.#marks.length > MARKS_MAX) this.#marks.splice(1, MARKS_MAX / 2);
    this.#dropMarks();
  }

  #dropMarks(): void {
    const oldest = this.#deps.lines.oldestStart() ?? Number.POSITIVE_INFINITY;
    while (this.#marks.length > 1 && this.#marks[1]!.offset <= oldest) this.#marks.shift();
  }
}
