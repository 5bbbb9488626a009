import { randomFillSync } from 'node:crypto';

/** What is known of an alert that came in: 16 bytes each of its uuid and of its content's hash. */
export interface Sighting {
  readonly uuid: Uint32Array;
  readonly key: Uint32Array;
  /** A hash of who sent it. */
  readonly sender: number;
  readonly atMs: number;
}

const UUID_WORDS = 4;
const WORDS = 9;
const KEY_AT = 4;
const SENDER_AT = 8;
/** Of an entry that came again since. */
const GONE = Number.NEGATIVE_INFINITY;

/**
 * The newest sightings, as many as there is room for, in the order in which they came: a ring of rows
 * with chains of rows that share a hash. A `Map` would take ten times the memory, all of it for the
 * garbage collector to look at, and it walks past each entry that was deleted to find its first.
 */
export class Seen {
  readonly #capacity: number;
  readonly #words: Uint32Array;
  readonly #atMs: Float64Array;
  /** The next row with the same hash, plus one; 0: none. */
  readonly #next: Uint32Array;
  readonly #heads: Uint32Array;
  /** Nobody outside can choose uuids that share a hash. */
  readonly #factors = randomFillSync(new Uint32Array(UUID_WORDS)).map((word) => word | 1);
  #first = 0;
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#words = new Uint32Array(capacity * WORDS);
    this.#atMs = new Float64Array(capacity);
    this.#next = new Uint32Array(capacity);
    this.#heads = new Uint32Array(2 ** Math.ceil(Math.log2(capacity)));
  }

  /** The row of a uuid; undefined: it is not known. */
  find(uuid: Uint32Array): number | undefined {
    for (let row = this.#heads[this.#hash(uuid, 0)]!; row !== 0; row = this.#next[row - 1]!) {
      if (this.#isAt((row - 1) * WORDS, uuid)) return row - 1;
    }
    return undefined;
  }

  atMs(row: number): number {
    return this.#atMs[row]!;
  }

  hasKey(row: number, key: Uint32Array): boolean {
    return this.#isAt(row * WORDS + KEY_AT, key);
  }

  hasSender(row: number, sender: number): boolean {
    return this.#words[row * WORDS + SENDER_AT] === sender;
  }

  /** As the newest. An earlier one of the same uuid is forgotten, and the oldest where all is full. */
  push(sighting: Sighting): void {
    const earlier = this.find(sighting.uuid);
    if (earlier !== undefined) this.#unlink(earlier);
    if (this.#count === this.#capacity) this.#dropFirst();
    this.#write((this.#first + this.#count) % this.#capacity, sighting);
    this.#count += 1;
  }

  /** As the oldest. False: there is no room. */
  unshift(sighting: Sighting): boolean {
    if (this.find(sighting.uuid) !== undefined) return true;
    if (this.#count === this.#capacity) return false;
    this.#first = (this.#first + this.#capacity - 1) % this.#capacity;
    this.#write(this.#first, sighting);
    this.#count += 1;
    return true;
  }

  /** Forgets what was seen before. */
  forgetBefore(atMs: number): void {
    while (this.#count > 0 && this.#atMs[this.#first]! < atMs) this.#dropFirst();
  }

  #write(row: number, { uuid, key, sender, atMs }: Sighting): void {
    this.#words.set(uuid, row * WORDS);
    this.#words.set(key, row * WORDS + KEY_AT);
    this.#words[row * WORDS + SENDER_AT] = sender;
    this.#atMs[row] = atMs;
    const hash = this.#hash(uuid, 0);
    this.#next[row] = this.#heads[hash]!;
    this.#heads[hash] = row + 1;
  }

  #dropFirst(): void {
    if (this.#atMs[this.#first] !== GONE) this.#unlink(this.#first);
    this.#first = (this.#first + 1) % this.#capacity;
    this.#count -= 1;
  }

  /** Takes a row out of its chain; its place in the ring it keeps until it is the oldest. */
  #unlink(row: number): void {
    const hash = this.#hash(this.#words, row * WORDS);
    let before = 0;
    for (let at = this.#heads[hash]!; at !== row + 1; at = this.#next[at - 1]!) before = at;
    if (before === 0) this.#heads[hash] = this.#next[row]!;
    else this.#next[before - 1] = this.#next[row]!;
    this.#atMs[row] = GONE;
  }

  #isAt(start: number, words: Uint32Array): boolean {
    for (let i = 0; i < UUID_WORDS; i += 1) {
      if (this.#words[start + i] !== words[i]) return false;
    }
    return true;
  }

  #hash(words: Uint32Array, start: number): number {
    let sum = 0;
    for (let i = 0; i < UUID_WORDS; i += 1) {
      const word = words[start + i]!;
      sum = Math.imul(sum ^ word ^ (word >>> 15), this.#factors[i]!);
      sum ^= sum >>> 13;
    }
    return (sum >>> 0) % this.#heads.length;
  }
}
