import { splitLines } from './split.ts';

/** Takes a stream apart into lines. Holds the beginning of one line, up to a bound. */
export class LineStream {
  readonly #bytesMax: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isTooLong = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The lines that end with these bytes; `too_long` for each that has more than the bound. */
  add(chunk: Buffer): (Buffer | 'too_long')[] {
    const { lines, endedBytes } = splitLines(chunk, 0);
    const ended = lines.map(({ bytes }) => this.#end(bytes));
    this.#hold(chunk.subarray(endedBytes));
    return ended;
  }

  /** What is left when the stream ends. */
  end(): (Buffer | 'too_long')[] {
    return this.#heldBytes > 0 ? [this.#end(Buffer.alloc(0))] : [];
  }

  #hold(bytes: Buffer): void {
    this.#heldBytes += bytes.length;
    this.#isTooLong ||= this.#heldBytes > this.#bytesMax;
    if (this.#isTooLong) this.#held = [];
    else if (bytes.length > 0) this.#held.push(bytes);
  }

  #end(bytes: Buffer): Buffer | 'too_long' {
    this.#hold(bytes);
    const line = this.#isTooLong ? 'too_long' : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    this.#isTooLong = false;
    return line;
  }
}
