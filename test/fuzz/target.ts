import type { Random } from '../support/random.ts';

/** Something that takes what strangers write, and what must hold of it whatever they write. */
export interface Target {
  /** Also the first part of the names of the files with its failing inputs. */
  readonly name: string;
  /** What its rounds are made of. */
  readonly seeds: readonly Buffer[];
  /** Words that have a meaning there. */
  readonly words: readonly string[];
  /** Where longer ones are cut; 128 KiB unless it says so. */
  readonly bytesMax?: number;
  /** Instead of changing a seed. */
  make?(random: Random): Buffer;
  /** Throws, or rejects, where a property does not hold. */
  check(input: Buffer): void | Promise<void>;
  /** Bytes that are in use when nothing is going on. */
  memoryBytes(): number | Promise<number>;
  /** What must hold when all rounds are over. */
  finish?(): void | Promise<void>;
}

export function seedsOf(texts: Iterable<string>): Buffer[] {
  return Array.from(texts, (text) => Buffer.from(text));
}
