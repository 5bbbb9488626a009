/** What a stream of syslog is cut into. */
export interface Frames {
  readonly messages: readonly string[];
  /** Messages that were left out, because they are longer than they may be. */
  readonly tooLong: number;
}

const LINE_FEED = 0x0a;
const NUL = 0x00;
const SPACE = 0x20;
const COUNT_DIGITS_MAX = 9;

/**
 * Cuts a stream into messages: by the count of bytes before each (RFC 6587, 3.4.1), where a message
 * begins with a digit, else by line feed or NUL (3.4.2). It holds no more than one message.
 */
export class Framer {
  readonly #bytesMax: number;
  /** What came of a message that is not whole. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** What it lacks: so many bytes in all, its end, or its beginning. */
  #waitsFor: number | 'end' | 'beginning' = 'beginning';
  /** Bytes of a counted message that are only to be stepped over. */
  #skip = 0;
  /** The rest of a line that is too long is on its way. */
  #skipLine = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer): Frames {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (!this.#isWorthReading(chunk)) return NOTHING;
    let bytes = this.#take();
    const messages: string[] = [];
    let tooLong = 0;
    for (;;) {
      const next = this.#next(bytes);
      if (typeof next !== 'object') {
        this.#waitsFor = next;
        break;
      }
      bytes = bytes.subarray(next.used);
      if (next.message === undefined) tooLong += next.tooLong;
      else if (next.message !== '') messages.push(next.message);
    }
    this.#hold(bytes);
    return { messages, tooLong };
  }

  /** The stream is at its end: a line may lack its line feed. */
  end(): Frames {
    const rest = this.#take();
    const isLine = this.#waitsFor === 'end' && rest.length > 0 && !this.#skipLine;
    return { messages: isLine ? [textOf(rest)] : [], tooLong: 0 };
  }

  /** A message may come a byte at a time, and must not be looked through for each of them. */
  #isWorthReading(chunk: Buffer): boolean {
    this.#merge();
    if (typeof this.#waitsFor === 'number') return this.#heldBytes >= this.#waitsFor;
    if (this.#waitsFor === 'beginning' || this.#heldBytes > this.#bytesMax) return true;
    return endOf(chunk) !== -1;
  }

  /** Puts pieces of like size together, so that there are few, and no byte is copied often. */
  #merge(): void {
    const held = this.#held;
    while (held.length > 1 && held.at(-1)!.length >= held.at(-2)!.length) {
      held.push(Buffer.concat(held.splice(-2)));
    }
  }

  #take(): Buffer {
    const [first = NO_BYTES] = this.#held;
    const bytes = this.#held.length < 2 ? first : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return bytes;
  }

  /** A copy: what was read before is not kept for the sake of its last bytes. */
  #hold(bytes: Buffer): void {
    this.#held = bytes.length === 0 ? [] : [Buffer.from(bytes)];
    this.#heldBytes = bytes.length;
  }

  #next(bytes: Buffer): Step | number | 'end' | 'beginning' {
    if (bytes.length === 0) return this.#skipLine ? 'end' : 'beginning';
    if (this.#skip > 0) {
      const used = Math.min(this.#skip, bytes.length);
      this.#skip -= used;
      return { used, tooLong: 0 };
    }
    const isCounted = !this.#skipLine && isDigit(bytes[0]) && bytes[0] !== ZERO;
    return isCounted ? this.#counted(bytes) : this.#line(bytes);
  }

  #counted(bytes: Buffer): Step | number | 'end' | 'beginning' {
    const head = bytes.subarray(0, COUNT_DIGITS_MAX + 1);
    const digits = head.findIndex((byte) => !isDigit(byte));
    if (digits === -1 && head.length <= COUNT_DIGITS_MAX) return 'beginning';
    if (head[digits] !== SPACE) return this.#line(bytes);
    const count = Number(head.toString('latin1', 0, digits));
    const start = digits + 1;
    if (count > this.#bytesMax) {
      this.#skip = count;
      return { used: start, tooLong: 1 };
    }
    if (bytes.length < start + count) return start + count;
    return { used: start + count, message: textOf(bytes.subarray(start, start + count)) };
  }

  #line(bytes: Buffer): Step | 'end' {
    const end = endOf(bytes);
    const used = end === -1 ? bytes.length : end + 1;
    if (this.#skipLine) {
      this.#skipLine = end === -1;
      return { used, tooLong: 0 };
    }
    if (end === -1 && bytes.length <= this.#bytesMax) return 'end';
    if (end !== -1 && end <= this.#bytesMax)
      return { used, message: textOf(bytes.subarray(0, end)) };
    this.#skipLine = end === -1;
    return { used, tooLong: 1 };
  }
}

const NO_BYTES = Buffer.alloc(0);
const NOTHING: Frames = { messages: [], tooLong: 0 };

type Step =
  | { readonly used: number; readonly message: string }
  | { readonly used: number; readonly message?: undefined; readonly tooLong: number };

const ZERO = 0x30;

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= 0x39;
}

function endOf(bytes: Buffer): number {
  const lineFeed = bytes.indexOf(LINE_FEED);
  const nul = (lineFeed === -1 ? bytes : bytes.subarray(0, lineFeed)).indexOf(NUL);
  return nul === -1 ? lineFeed : nul;
}

/** Senders of counted messages end them with a line feed all the same. */
export function textOf(bytes: Buffer): string {
  let end = bytes.length;
  while (end > 0 && ENDS.has(bytes[end - 1]!)) end -= 1;
  return bytes.toString('utf8', 0, end);
}

const ENDS: ReadonlySet<number> = new Set([LINE_FEED, NUL, 0x0d]);
