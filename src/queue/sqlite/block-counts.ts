import type { DatabaseSync } from 'node:sqlite';
import { positionKey, SHARD_COUNT } from '../position.ts';
import { unlessCorrupt } from './disk.ts';

/** Numbers of a block: what is counted anew each time is at most two blocks of a shard. */
const BLOCK = 4096;

/** A stretch of numbers of a shard, beyond `after` up to `to`, and how many of it are for a lane. */
export interface Stretch {
  readonly after: number;
  readonly to: number;
  readonly count: number;
}

type Counts = ReadonlyMap<number, number>;

/**
 * Counts for whom alerts are, by blocks of numbers. A stored alert never changes, so that a block that
 * is full is counted once. What cannot be read counts as nothing: the sums will not add up.
 */
export class BlockCounts {
  readonly #shards: Map<number, Counts>[] = Array.from({ length: SHARD_COUNT }, () => new Map());
  readonly #routed: ReturnType<DatabaseSync['prepare']>;

  constructor(db: DatabaseSync) {
    this.#routed = db.prepare(
      'SELECT lanes, count(*) AS count FROM alert WHERE pos > ? AND pos <= ? GROUP BY lanes',
    );
  }

  /**
   * Counts the full blocks beyond `after` up to `head` that are not counted yet, at least one of them
   * and until the time is up, and forgets those before. True: all are counted.
   */
  catchUp(shard: number, after: number, head: number, untilMs: number): boolean {
    const blocks = this.#blocks(shard);
    const first = Math.ceil(after / BLOCK);
    for (const index of blocks.keys()) if (index < first) blocks.delete(index);
    for (let index = first; (index + 1) * BLOCK <= head; index += 1) {
      if (blocks.has(index)) continue;
      blocks.set(index, this.#count(shard, index * BLOCK, (index + 1) * BLOCK));
      if (performance.now() >= untilMs) return false;
    }
    return true;
  }

  /** What of a shard is for a lane, stretch by stretch; full blocks that were not counted are. */
  *of(lane: number, shard: number, after: number, head: number): Generator<Stretch> {
    for (let from = after; from < head; ) {
      const index = Math.floor(from / BLOCK);
      const to = Math.min(head, (index + 1) * BLOCK);
      const known = from === index * BLOCK ? this.#blocks(shard).get(index) : undefined;
      const counts = known ?? this.#count(shard, from, to);
      yield { after: from, to, count: counts.get(lane) ?? 0 };
      from = to;
    }
  }

  #blocks(shard: number): Map<number, Counts> {
    return this.#shards[shard] as Map<number, Counts>;
  }

  #count(shard: number, after: number, to: number): Counts {
    const counts = new Map<number, number>();
    const [low, high] = [positionKey(shard, after), positionKey(shard, to)];
    for (const row of unlessCorrupt(() => this.#routed.all(low, high)) ?? []) {
      const { lanes, count } = row as { lanes: string | null; count: number };
      // Null on a torn page: those are found, and booked, by who reads them.
      for (const text of lanes?.split(',') ?? []) {
        if (text !== '') counts.set(Number(text), (counts.get(Number(text)) ?? 0) + count);
      }
    }
    return counts;
  }
}
