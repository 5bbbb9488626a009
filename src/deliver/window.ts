import { SHARD_COUNT } from '../queue/position.ts';
import type { Position, StoredAlert } from '../queue/queue.ts';
import { byNumber, byTurn, damagedEntry, type Entry, isOpen, newEntry, numberOf } from './entry.ts';
import { URGENT_SHARDS } from './limits.ts';

interface ShardWindow {
  /** Durable: everything up to it is settled. */
  cursor: number;
  /** Read up to here: beyond are alerts the window has not seen. */
  scannedTo: number;
  /** Not yet passed by the cursor, oldest first. */
  entries: Entry[];
}

/** Where the cursors may go, and what they pass. */
export interface Progress {
  readonly cursors: readonly { shard: number; from: number; to: number; delivered: number }[];
  readonly damaged: readonly Position[];
}

/**
 * What a lane holds of its alerts. It dispatches in any order; a cursor moves to just before the
 * oldest alert of its shard that is pending or under way, so a crash sends at most the window again.
 */
export class Window {
  readonly #shards: ShardWindow[];
  /** Settled as exceptions before a restart, beyond the cursor: not to be sent again. */
  readonly #settled: readonly Set<number>[];
  readonly #bytes = { urgent: 0, lower: 0 };

  constructor(cursors: readonly Position[], settled: readonly Position[]) {
    this.#shards = Array.from({ length: SHARD_COUNT }, () => ({
      cursor: 0,
      scannedTo: 0,
      entries: [],
    }));
    for (const { shard, n } of cursors) {
      this.#shards[shard] = { cursor: n, scannedTo: n, entries: [] };
    }
    this.#settled = this.#shards.map(() => new Set<number>());
    for (const { shard, n } of settled) this.#settled[shard]?.add(n);
  }

  /** Text of the urgent or the other shards. */
  bytes(urgent: boolean): number {
    return urgent ? this.#bytes.urgent : this.#bytes.lower;
  }

  scannedTo(shard: number): number {
    return this.#shard(shard).scannedTo;
  }

  cursors(): Position[] {
    return this.#shards.map(({ cursor }, shard) => ({ shard, n: cursor }));
  }

  /** All entries. */
  get size(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.entries.length, 0);
  }

  /**
   * Entries of the urgent or the other shards that count against the window's bound. One that failed
   * and waits does not: it makes room for another to be tried, or it would hold up all behind it.
   */
  counted(urgent: boolean): number {
    let count = 0;
    for (const { entries } of this.#shardsOf(urgent)) {
      for (const { state, tries } of entries) if (state !== 'pending' || tries === 0) count += 1;
    }
    return count;
  }

  /** Entries that a crash may send again: under way, or delivered beyond a cursor. */
  inDoubt(): number {
    let count = 0;
    for (const { entries } of this.#shards) {
      for (const { state } of entries) if (state === 'flying' || state === 'delivered') count += 1;
    }
    return count;
  }

  /** What the shards' cursors wait for. */
  heads(): Entry[] {
    return this.#shards.flatMap(({ entries }) => entries.find(isOpen) ?? []);
  }

  add(
    shard: number,
    read: { alerts: readonly StoredAlert[]; damaged: readonly Position[]; scannedTo: number },
    nowMs: number,
  ): void {
    const target = this.#shard(shard);
    const settled = this.#settled[shard] as Set<number>;
    const fresh = read.alerts.filter((alert) => !settled.delete(alert.position.n));
    for (const stored of fresh) {
      target.entries.push(newEntry(stored, stored.position, nowMs));
      this.#countBytes(shard, stored.json.length);
    }
    for (const position of read.damaged) {
      if (!settled.delete(position.n)) target.entries.push(damagedEntry(position, nowMs));
    }
    if (read.damaged.length > 0) target.entries.sort(byNumber);
    target.scannedTo = read.scannedTo;
  }

  /** Pending entries that may go now, those tried least first, then the oldest. */
  candidates(urgent: boolean, nowMs: number): Entry[] {
    const found: Entry[] = [];
    let sorted = true;
    for (const shard of this.#shardsOf(urgent)) {
      for (const entry of shard.entries) {
        if (entry.state !== 'pending' || entry.notBeforeMs > nowMs) continue;
        const last = found.at(-1);
        if (last !== undefined && byTurn(last, entry) > 0) sorted = false;
        found.push(entry);
      }
    }
    return sorted ? found : found.sort(byTurn);
  }

  /** When the next entry that waits after a failure may go. */
  nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const shard of this.#shards) {
      for (const entry of shard.entries) {
        if (entry.state !== 'pending' || entry.notBeforeMs === 0) continue;
        if (next === undefined || entry.notBeforeMs < next) next = entry.notBeforeMs;
      }
    }
    return next;
  }

  /** The oldest alert that is pending or under way. */
  oldestReceivedAtMs(): number | undefined {
    const times = this.heads().map(({ stored }) => stored.receivedAtMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Whether something that was taken in before this time is under way. */
  isFlyingBefore(receivedBeforeMs: number): boolean {
    return this.#shards.some(({ entries }) =>
      entries.some(
        ({ state, stored }) => state === 'flying' && stored.receivedAtMs < receivedBeforeMs,
      ),
    );
  }

  /** Delivered, but beyond a cursor that an older alert holds back. */
  deliveredBeyond(): Position[] {
    return this.#shards.flatMap(({ entries }) =>
      entries
        .filter((entry) => entry.state === 'delivered')
        .map((entry) => entry.position as Position),
    );
  }

  /** What is not done, and keeps a cursor from passing others that are delivered. */
  holdingBack(): Entry[] {
    return this.#shards.flatMap(({ entries }) => {
      const last = entries.findLastIndex(({ state }) => state === 'delivered');
      return entries.slice(0, last + 1).filter(isOpen);
    });
  }

  progress(): Progress {
    const cursors: { shard: number; from: number; to: number; delivered: number }[] = [];
    const damaged: Position[] = [];
    this.#shards.forEach((window, shard) => {
      const open = window.entries.findIndex((entry) => isOpen(entry));
      const passed = open === -1 ? window.entries : window.entries.slice(0, open);
      const to = open === -1 ? window.scannedTo : numberOf(window.entries[open] as Entry) - 1;
      if (to <= window.cursor) return;
      const delivered = passed.filter((entry) => entry.state === 'delivered').length;
      for (const entry of passed) {
        if (entry.state === 'damaged') damaged.push(entry.position as Position);
      }
      cursors.push({ shard, from: window.cursor, to, delivered });
    });
    return { cursors, damaged };
  }

  /** Cursors are where they are, on disk: what they passed leaves the window. */
  moveTo(cursors: readonly Position[]): void {
    for (const { shard, n } of cursors) {
      const window = this.#shard(shard);
      if (n <= window.cursor) continue;
      window.cursor = n;
      window.scannedTo = Math.max(window.scannedTo, n);
      const keep = window.entries.findIndex((entry) => numberOf(entry) > n);
      const passed = keep === -1 ? window.entries : window.entries.slice(0, keep);
      window.entries = keep === -1 ? [] : window.entries.slice(keep);
      for (const entry of passed) this.#countBytes(shard, -entry.stored.json.length);
    }
  }

  /**
   * Another writer moved a cursor over what this lane had not settled. Returns what of it, beyond
   * `from`, was delivered, and how many are under way and may yet be.
   */
  giveUp({ shard, n }: Position, from: number): { delivered: Position[]; flying: number } {
    const passed = this.#shard(shard).entries.filter((entry) => {
      const number = numberOf(entry);
      return number > from && number <= n;
    });
    this.moveTo([{ shard, n }]);
    return {
      delivered: passed
        .filter(({ state }) => state === 'delivered')
        .map(({ position }) => position as Position),
      flying: passed.filter(({ state }) => state === 'flying').length,
    };
  }

  /** Whether an entry is still beyond its cursor, and so this lane's to send. */
  holds(entry: Entry): boolean {
    const { position } = entry;
    return position === undefined || position.n > this.#shard(position.shard).cursor;
  }

  /** Nothing waits and nothing is under way among what was read. */
  isSettled(): boolean {
    return this.#shards.every(({ entries }) => !entries.some((entry) => isOpen(entry)));
  }

  #countBytes(shard: number, bytes: number): void {
    this.#bytes[shard < URGENT_SHARDS ? 'urgent' : 'lower'] += bytes;
  }

  #shard(shard: number): ShardWindow {
    return this.#shards[shard] as ShardWindow;
  }

  #shardsOf(urgent: boolean): ShardWindow[] {
    return urgent ? this.#shards.slice(0, URGENT_SHARDS) : this.#shards.slice(URGENT_SHARDS);
  }
}
