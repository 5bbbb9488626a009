import { SHARD_COUNT } from '../position.ts';
import type { ReadResult, StoredAlert } from '../queue.ts';
import { READ_BYTES_MAX } from './read.ts';

interface TailEntry extends StoredAlert {
  readonly lanes: readonly number[];
}

interface ShardTail {
  entries: (TailEntry | undefined)[];
  /** Entries before it are gone; the array is cut when half of it is. */
  start: number;
  /** The tail holds all that came after this number. */
  after: number;
}

/**
 * The newest alerts, kept in memory so that lanes near the head read nothing from disk. One copy
 * serves all lanes; the oldest go when the bound is reached, and a lane that is further behind reads
 * from the file.
 */
export class Tail {
  readonly #shards: readonly ShardTail[];
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number, headN: number) {
    this.#bytesMax = bytesMax;
    this.#shards = Array.from({ length: SHARD_COUNT }, () => ({
      entries: [],
      start: 0,
      after: headN,
    }));
  }

  /** Takes an alert that is on disk. Alerts for nobody are not worth the room. */
  push(alert: StoredAlert, lanes: readonly number[]): void {
    if (lanes.length === 0) return;
    const { position, json, ingest, receivedAtMs } = alert;
    const shard = this.#shards[position.shard] as ShardTail;
    shard.entries.push({ position, json, ingest, receivedAtMs, lanes });
    this.#bytes += json.length;
    while (this.#bytes > this.#bytesMax) this.#evict();
  }

  /** What a lane finds after `after`; `undefined` where the tail does not reach back that far. */
  read(
    lane: number,
    shard: number,
    after: number,
    limit: number,
    headN: number,
  ): ReadResult | undefined {
    const tail = this.#shards[shard] as ShardTail;
    if (after < tail.after) return undefined;
    const alerts: StoredAlert[] = [];
    let bytes = 0;
    for (let i = firstAfter(tail, after); i < tail.entries.length; i += 1) {
      const entry = tail.entries[i] as TailEntry;
      if (!entry.lanes.includes(lane)) continue;
      alerts.push(entry);
      bytes += entry.json.length;
      if (alerts.length >= limit || bytes >= READ_BYTES_MAX) {
        return { alerts, damaged: [], scannedTo: entry.position.n };
      }
    }
    return { alerts, damaged: [], scannedTo: headN };
  }

  #evict(): void {
    const shard = this.#oldestShard();
    const entry = shard?.entries[shard.start];
    if (shard === undefined || entry === undefined) return;
    shard.entries[shard.start] = undefined;
    shard.start += 1;
    shard.after = entry.position.n;
    this.#bytes -= entry.json.length;
    if (shard.start * 2 > shard.entries.length && shard.start > 64) {
      shard.entries = shard.entries.slice(shard.start);
      shard.start = 0;
    }
  }

  #oldestShard(): ShardTail | undefined {
    let oldest: ShardTail | undefined;
    let oldestN = Number.POSITIVE_INFINITY;
    for (const shard of this.#shards) {
      const n = shard.entries[shard.start]?.position.n;
      if (n === undefined || n >= oldestN) continue;
      oldest = shard;
      oldestN = n;
    }
    return oldest;
  }
}

/** Index of the first entry beyond `after`, by halving. */
function firstAfter(tail: ShardTail, after: number): number {
  let low = tail.start;
  let high = tail.entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((tail.entries[middle] as TailEntry).position.n <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
