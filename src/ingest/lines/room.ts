/** Something begun that waits in memory for its end. */
export interface Waiting {
  /** What it has taken, in characters; counted by its room. */
  chars: number;
  /** Gives up what it has. */
  lose(): void;
}

/**
 * Room in memory that many share. Where it is full, who has most gives way: so one that is small has
 * its place, however many others are greedy.
 */
export class Room {
  readonly #charsMax: number;
  readonly #waiting = new Set<Waiting>();
  #chars = 0;

  constructor(charsMax: number) {
    this.#charsMax = charsMax;
  }

  /** In characters. */
  taken(): number {
    return this.#chars;
  }

  /** Counts what `one` has taken in, which may be what gives way. */
  grow(one: Waiting, chars: number): void {
    this.#waiting.add(one);
    one.chars += chars;
    this.#chars += chars;
    while (this.#chars > this.#charsMax) this.#loseLargest();
  }

  /** Of one that waits no more. */
  free(one: Waiting): void {
    if (this.#waiting.delete(one)) this.#chars -= one.chars;
  }

  #loseLargest(): void {
    let largest: Waiting | undefined;
    for (const one of this.#waiting) {
      if (largest === undefined || one.chars > largest.chars) largest = one;
    }
    if (largest === undefined) return;
    this.free(largest);
    largest.lose();
  }
}
