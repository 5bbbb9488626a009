import { severityOf } from '../../alert.ts';
import { SHARD_COUNT } from '../position.ts';
import type { NewAlert, ReadResult, StoredAlert } from '../queue.ts';
import { READ_BYTES_MAX } from './read.ts';

interface TailEntry extends StoredAlert {
  readonly lanes: readonly number[];
}

interface ShardTail {
  /** How far each lane has read here. */
  readonly readTo: Map<number, number>;
  /** The last alert that was not kept, for each lane it was for. */
  readonly skipped: Map<number, number>;
  entries: (TailEntry | undefined)[];
  /** Entries before it are gone; the array is cut when half of it is. */
  start: number;
  /** The tail holds all that came after this number. */
  after: number;
}

/**
 * The newest alerts, kept in memory so that lanes near the head read nothing from disk. One copy
 * serves all lanes; the oldest go when the bound is reached, and a lane that is further behind reads
 * from the file. What only such lanes want is not kept at all: while a destination is down, nobody
 * would read it before it has to go.
 */
export class Tail {
  readonly #shards: readonly ShardTail[];
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number, headN: number) {
    this.#bytesMax = bytesMax;
    this.#shards = Array.from({ length: SHARD_COUNT }, () => ({
      readTo: new Map(),
      skipped: new Map(),
      entries: [],
      start: 0,
      after: headN,
    }));
  }

  /** Takes an alert that is on disk as number `n`. */
  push({ priority, lanes, json, ingest, receivedAtMs }: NewAlert, n: number): void {
    if (lanes.length === 0) return;
    const position = { shard: severityOf(priority), n };
    const shard = this.#shards[position.shard] as ShardTail;
    if (!lanes.some((lane) => isNear(shard, lane))) {
      for (const lane of lanes) shard.skipped.set(lane, n);
      return;
    }
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
    bytesMax = READ_BYTES_MAX,
  ): ReadResult | undefined {
    const tail = this.#shards[shard] as ShardTail;
    if (after < heldAfter(tail, lane)) return undefined;
    const alerts: StoredAlert[] = [];
    let bytes = 0;
    for (let i = firstAfter(tail, after); i < tail.entries.length; i += 1) {
      const entry = tail.entries[i] as TailEntry;
      if (!entry.lanes.includes(lane)) continue;
      alerts.push(entry);
      bytes += entry.json.length;
      if (alerts.length >= limit || bytes >= bytesMax) {
        tail.readTo.set(lane, entry.position.n);
        return { alerts, damaged: [], scannedTo: entry.position.n };
      }
    }
    tail.readTo.set(lane, headN);
    return { alerts, damaged: [], scannedTo: headN };
  }

  /** A lane has read up to here in the file. */
  noteRead(lane: number, shard: number, scannedTo: number): void {
    (this.#shards[shard] as ShardTail).readTo.set(lane, scannedTo);
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

/** Nothing lies between what the lane has read and what the tail holds. One that has not begun counts. */
function isNear(shard: ShardTail, lane: number): boolean {
  const readTo = shard.readTo.get(lane) ?? Number.POSITIVE_INFINITY;
  return readTo >= heldAfter(shard, lane);
}

/** The tail holds all that came for the lane after this number. */
function heldAfter(shard: ShardTail, lane: number): number {
  return Math.max(shard.after, shard.skipped.get(lane) ?? 0);
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
