import type { UnwrappedLine } from './line.ts';

/** A whole line, and where in its source it begins. */
export interface WholeLine extends UnwrappedLine {
  /** Offset of its first part, in bytes. */
  readonly startsAt: number;
}

export interface AssemblyLimits {
  /** Characters of a whole line. */
  readonly charsMax: number;
}

/** Lines that wait for their end at once: a container has two streams. */
const STREAMS_MAX = 16;
/** A program that ended in the middle of a line never ends it. */
const WAIT_MS_MAX = 30_000;

interface Begun {
  readonly first: WholeLine;
  readonly sinceMs: number;
  texts: string[];
  chars: number;
  isTooLong: boolean;
}

/** Puts together the lines that container runtimes have cut into parts. */
export class Assembler {
  readonly #charsMax: number;
  /** By stream, the oldest first. */
  readonly #begun = new Map<string, Begun>();

  constructor({ charsMax }: AssemblyLimits) {
    this.#charsMax = charsMax;
  }

  /** The lines that are whole now. `too_long`: this one has ended, and was too long to be kept. */
  add(line: UnwrappedLine, startsAt: number, nowMs: number): WholeLine | 'too_long' | undefined {
    const begun = this.#begun.get(line.stream);
    if (begun === undefined && !line.isPart) return { ...line, startsAt };
    const parts = begun ?? this.#begin({ ...line, startsAt }, nowMs);
    extend(parts, line.text, this.#charsMax);
    if (line.isPart) return undefined;
    this.#begun.delete(line.stream);
    return ended(parts);
  }

  /** What will not be continued any more, given out as far as it came. */
  giveUp(nowMs = Number.POSITIVE_INFINITY): (WholeLine | 'too_long')[] {
    const given: (WholeLine | 'too_long')[] = [];
    for (const [stream, parts] of this.#begun) {
      const isOld = nowMs - parts.sinceMs > WAIT_MS_MAX;
      if (!isOld && this.#begun.size <= STREAMS_MAX) continue;
      this.#begun.delete(stream);
      given.push(ended(parts));
    }
    return given;
  }

  /** Where the oldest line begins that is not whole yet; undefined: none is begun. */
  oldestStart(): number | undefined {
    const starts = Array.from(this.#begun.values(), ({ first }) => first.startsAt);
    return starts.length === 0 ? undefined : Math.min(...starts);
  }

  #begin(first: WholeLine, nowMs: number): Begun {
    const parts = { first, sinceMs: nowMs, texts: [], chars: 0, isTooLong: false };
    this.#begun.set(first.stream, parts);
    return parts;
  }
}

function extend(parts: Begun, text: string, charsMax: number): void {
  // Empty parts take room, too.
  parts.chars += text.length + 1;
  if (parts.chars > charsMax) {
    parts.isTooLong = true;
    parts.texts = [];
  }
  if (!parts.isTooLong) parts.texts.push(text);
}

function ended({ first, texts, isTooLong }: Begun): WholeLine | 'too_long' {
  return isTooLong ? 'too_long' : { ...first, text: texts.join(''), isPart: false };
}
