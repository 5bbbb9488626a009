import type { UnwrappedLine } from './line.ts';
import { Room, type Waiting } from './room.ts';

/** A whole line, and where in its source it begins. */
export interface WholeLine extends UnwrappedLine {
  /** Offset of its first part, in bytes. */
  readonly startsAt: number;
}

/** Why a line that has ended was not kept: by itself, or for others that wait as well. */
export type LostLine = 'too_long' | 'no_room';

export interface AssemblyLimits {
  /** Characters of a whole line. */
  readonly charsMax: number;
  /** Where parts wait, shared with others; default: enough for all streams of this one. */
  readonly room?: Room;
}

/** Lines that wait for their end at once: a container has two streams. */
const STREAMS_MAX = 16;
/** A program that ended in the middle of a line never ends it. */
const WAIT_MS_MAX = 30_000;
/** Small parts become one after so many: each takes more room than its text. */
const PIECES_MAX = 64;

/** Puts together the lines that container runtimes have cut into parts. */
export class Assembler {
  readonly #charsMax: number;
  readonly #room: Room;
  /** By stream, the oldest first. */
  readonly #begun = new Map<string, Begun>();

  constructor({ charsMax, room = new Room(charsMax * STREAMS_MAX) }: AssemblyLimits) {
    this.#charsMax = charsMax;
    this.#room = room;
  }

  /** The line that is whole now; a word instead: it has ended, and was not kept. */
  add(line: UnwrappedLine, startsAt: number, nowMs: number): WholeLine | LostLine | undefined {
    const begun = this.#begun.get(line.stream);
    if (begun === undefined && !line.isPart) return { ...line, startsAt };
    const parts = begun ?? this.#begin({ ...line, startsAt }, nowMs);
    this.#extend(parts, line.text);
    return line.isPart ? undefined : this.#end(parts);
  }

  /** What will not be continued any more, given out as far as it came. */
  giveUp(nowMs = Number.POSITIVE_INFINITY): (WholeLine | LostLine)[] {
    const given: (WholeLine | LostLine)[] = [];
    for (const parts of this.#begun.values()) {
      const isOld = nowMs - parts.sinceMs > WAIT_MS_MAX;
      if (isOld || this.#begun.size > STREAMS_MAX) given.push(this.#end(parts));
    }
    return given;
  }

  /** Where the oldest line begins that is not whole yet; undefined: none is begun. */
  oldestStart(): number | undefined {
    const starts = Array.from(this.#begun.values(), ({ startsAt }) => startsAt);
    return starts.length === 0 ? undefined : Math.min(...starts);
  }

  #begin(first: WholeLine, nowMs: number): Begun {
    const parts = new Begun(first, nowMs);
    this.#begun.set(first.stream, parts);
    return parts;
  }

  #extend(parts: Begun, text: string): void {
    if (parts.lost !== undefined) return;
    // Empty parts take room, too.
    const chars = text.length + 1;
    if (parts.chars + chars > this.#charsMax) {
      parts.lose('too_long');
      this.#room.free(parts);
      return;
    }
    parts.push(text);
    this.#room.grow(parts, chars);
  }

  #end(parts: Begun): WholeLine | LostLine {
    this.#begun.delete(parts.stream);
    this.#room.free(parts);
    return parts.whole();
  }
}

/** A line that is not ended. */
class Begun implements Waiting {
  readonly sinceMs: number;
  chars = 0;
  lost: LostLine | undefined;
  /** Without its text, which would stay when the line is lost. */
  readonly #first: WholeLine;
  #texts: string[] = [];
  #pieces: string[] = [];

  constructor(first: WholeLine, sinceMs: number) {
    this.#first = { ...first, text: '', isPart: false };
    this.sinceMs = sinceMs;
  }

  get startsAt(): number {
    return this.#first.startsAt;
  }

  get stream(): string {
    return this.#first.stream;
  }

  push(text: string): void {
    this.#pieces.push(text);
    if (this.#pieces.length < PIECES_MAX) return;
    this.#texts.push(this.#pieces.join(''));
    this.#pieces = [];
  }

  lose(why: LostLine = 'no_room'): void {
    this.lost = why;
    this.#texts = [];
    this.#pieces = [];
  }

  whole(): WholeLine | LostLine {
    return this.lost ?? { ...this.#first, text: [...this.#texts, ...this.#pieces].join('') };
  }
}
