import type { ExceptionCopy, ExceptionRow } from '../queue/queue.ts';
import { backoffMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import {
  ATTEMPTS_BEFORE_GIVING_WAY,
  RETRY_BACKOFF_MAX_MS,
  RETRY_BACKOFF_MS,
  RETRY_ROWS_MAX,
  RETRY_START_SPREAD_MS,
} from './limits.ts';
import { Pause } from './pause.ts';

type Failure = Parameters<Pause['failed']>[0];

/** A single alert that keeps failing while its lane delivers others. */
export interface RetryRow {
  readonly id: number;
  readonly uuid: string;
  /** Of its text, which is in the file only. */
  readonly bytes: number;
  /** Of its last failure. */
  reason: string;
  attempts: number;
  failingMs: number;
  dueAtMs: number;
  /** Set while an attempt is under way. */
  flying: boolean;
  lastFailureAtMs: number;
}

/**
 * The lane's retry rows. Only their headers are in memory; the database knows attempts and the
 * accumulated time of failing, never a due time: after a start all are due, spread a little.
 */
export class Retries {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #hasRoom: (bytes: number) => boolean;
  readonly #rows = new Map<number, RetryRow>();
  /** What became of them is decided, and a read that has begun may know it as a retry still. */
  readonly #ended = new Set<number>();
  readonly #rest: Pause;
  /** When the lane last delivered something, on the monotonic clock. */
  #deliveredAtMs = Number.NEGATIVE_INFINITY;
  #more = false;
  #bytes = 0;

  /** @param hasRoom Whether a lane whose rows have so many bytes may have more. */
  constructor(clock: Clock, random: () => number, hasRoom: (bytes: number) => boolean) {
    this.#clock = clock;
    this.#random = random;
    this.#hasRoom = hasRoom;
    this.#rest = new Pause(random);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Text of the rows, which the file has a second time for them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** There are none, in memory or in the file. */
  isEmpty(): boolean {
    return this.#rows.size === 0 && !this.#more;
  }

  isFull(): boolean {
    return this.#rows.size >= RETRY_ROWS_MAX || !this.#hasRoom(this.#bytes);
  }

  /** The file has more rows than there was room for, or they could not be read; and there is room. */
  wantsMore(): boolean {
    return this.#more && this.#rows.size < RETRY_ROWS_MAX / 2;
  }

  /** The rows could not be read. */
  unread(): void {
    this.#more = true;
  }

  /** Takes rows it does not know yet. */
  load(rows: readonly ExceptionRow[]): void {
    this.#more = rows.length >= RETRY_ROWS_MAX;
    for (const row of rows) {
      const dueAtMs = this.#clock.monotonicMs() + this.#random() * RETRY_START_SPREAD_MS;
      this.#add(row, row, dueAtMs);
    }
  }

  /** An alert just left the window. */
  add(row: ExceptionCopy, { attempts, reason }: Pick<RetryRow, 'attempts' | 'reason'>): void {
    const waitMs = backoffMs(RETRY_BACKOFF_MS, RETRY_BACKOFF_MAX_MS, attempts, this.#random);
    this.#add(row, { attempts, reason, failingMs: 0 }, this.#clock.monotonicMs() + waitMs);
  }

  /** The row that is due longest; one attempt at a time goes to retries. */
  due(): RetryRow | undefined {
    const nowMs = this.#clock.monotonicMs();
    if (this.#rest.isPaused(nowMs)) return undefined;
    let chosen: RetryRow | undefined;
    for (const row of this.#rows.values()) {
      if (row.flying) return undefined;
      if (row.dueAtMs > nowMs) continue;
      if (chosen === undefined || row.dueAtMs < chosen.dueAtMs) chosen = row;
    }
    return chosen;
  }

  nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const { dueAtMs } of this.#rows.values()) {
      if (next === undefined || dueAtMs < next) next = dueAtMs;
    }
    return next === undefined ? undefined : Math.max(next, this.#rest.untilMs);
  }

  /** The destination may be down: all rows wait, and no other alert of the lane waits with them. */
  rest(failure: Failure, launchedAtMs: number): void {
    this.#rest.failed(failure, launchedAtMs, this.#clock.monotonicMs());
  }

  /** An operator did something that may have mended it. */
  goOn(): void {
    this.#rest.reset();
  }

  /** Something was delivered: the destination is well. */
  delivered(): void {
    this.#deliveredAtMs = this.#clock.monotonicMs();
    this.#rest.delivered();
  }

  /** What has failed longest while others were delivered: it is least likely to be taken after all. */
  longestFailing(): RetryRow | undefined {
    let chosen: RetryRow | undefined;
    for (const row of this.#rows.values()) {
      const isTriedOften = !row.flying && row.attempts >= ATTEMPTS_BEFORE_GIVING_WAY;
      if (isTriedOften && row.failingMs > (chosen?.failingMs ?? 0)) chosen = row;
    }
    return chosen;
  }

  /** Whether the lane has delivered others since the row last failed. */
  isAlone(row: RetryRow): boolean {
    return this.#deliveredAtMs > row.lastFailureAtMs;
  }

  /**
   * The row failed again. Its time of failing grows by the time in which the lane delivered others: a
   * lane that is down ages nothing.
   */
  failed(row: RetryRow, reason: string): void {
    const nowMs = this.#clock.monotonicMs();
    row.reason = reason;
    row.failingMs += Math.max(0, this.#deliveredAtMs - row.lastFailureAtMs);
    row.attempts += 1;
    row.lastFailureAtMs = nowMs;
    row.dueAtMs =
      nowMs + backoffMs(RETRY_BACKOFF_MS, RETRY_BACKOFF_MAX_MS, row.attempts, this.#random);
  }

  /** The destination failed, not the alert: again later, without blame. */
  postpone(row: RetryRow): void {
    row.flying = false;
    row.dueAtMs = this.#clock.monotonicMs() + RETRY_BACKOFF_MS;
    row.lastFailureAtMs = this.#clock.monotonicMs();
  }

  remove(id: number): void {
    this.#bytes -= this.#rows.get(id)?.bytes ?? 0;
    this.#rows.delete(id);
  }

  /** It is delivered or dead: not to be tried again, though the file says otherwise until it is told. */
  end(id: number): void {
    this.remove(id);
    this.#ended.add(id);
  }

  /** The file has been told, and nobody reads what it said before. */
  forget(ids: Iterable<number>): void {
    for (const id of ids) this.#ended.delete(id);
  }

  #add(
    { id, uuid, bytes }: ExceptionCopy,
    { attempts, reason, failingMs }: Pick<RetryRow, 'attempts' | 'reason' | 'failingMs'>,
    dueAtMs: number,
  ): void {
    if (this.#rows.has(id) || this.#ended.has(id)) return;
    this.#bytes += bytes;
    this.#rows.set(id, {
      id,
      uuid,
      bytes,
      reason,
      attempts,
      failingMs,
      dueAtMs,
      flying: false,
      lastFailureAtMs: this.#clock.monotonicMs(),
    });
  }
}
