import type { SingleResult } from '../output/define.ts';
import { isDestinationFault } from '../output/http-result.ts';
import type { Position, StoredAlert } from '../queue/queue.ts';
import { backoffMs } from './backoff.ts';
import { type Batch, roomFor } from './chooser.ts';
import { type Entry, isUnkept } from './entry.ts';
import type { Landed } from './flights.ts';
import type { LaneContext, LaneSettings } from './lane-context.ts';
import { ATTEMPTS_IN_WINDOW, WINDOW_BACKOFF_MAX_MS, WINDOW_BACKOFF_MS } from './limits.ts';
import type { Pause } from './pause.ts';
import type { Retries, RetryRow } from './retries.ts';
import { hasRetryRoom } from './retry-room.ts';
import type { Settler } from './settler.ts';
import type { Window } from './window.ts';

type Failure = Exclude<SingleResult, { outcome: 'delivered' }>;
type Reject = Extract<SingleResult, { outcome: 'reject' }>;
type Retry = Extract<SingleResult, { outcome: 'retry' }>;

interface Parts {
  readonly context: LaneContext;
  readonly pause: Pause;
  readonly settler: Settler;
  readonly retries: Retries;
  readonly window: Window;
  readonly settings: () => LaneSettings;
}

/**
 * Decides what an attempt's result means: delivered, again, halved, a retry row, a dead letter, or
 * a pause of the whole lane. The rules stand in this folder's README.
 */
export class Outcomes {
  readonly #parts: Parts;
  /** Halves of batches that were refused or kept failing; sent as they are. */
  #halves: Batch[] = [];
  /** Alerts this lane has delivered since the start. */
  #delivered = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * The next half, without what the queue gave up meanwhile. A batch is of the window or of memory:
   * `unkeptOnly` asks for one that needs no progress.
   */
  nextHalf(unkeptOnly: boolean): Batch | undefined {
    for (;;) {
      const at = this.#halves.findIndex((half) => !unkeptOnly || half.every(isUnkept));
      const [half] = at === -1 ? [] : this.#halves.splice(at, 1);
      if (half === undefined) return undefined;
      this.#tellLost(half);
      const left = half.filter((entry) => this.#parts.window.holds(entry));
      if (left.length > 0) return left;
    }
  }

  /** Halves that were not sent yet become ordinary alerts of the window again. */
  releaseHalves(): void {
    for (const entry of this.#halves.flat()) entry.state = 'pending';
    this.#halves = [];
  }

  landed(batch: Batch, { results, whole, launchedAtMs }: Landed): void {
    for (const entry of batch) entry.tries += 1;
    this.#report(results, launchedAtMs);
    this.#tellLost(batch.filter((_, i) => results[i]?.outcome !== 'delivered'));
    const [first] = results;
    if (whole && first !== undefined && first.outcome !== 'delivered') {
      this.#batchFailed(batch, first, launchedAtMs);
      return;
    }
    this.#itemsLanded(batch, results, launchedAtMs);
  }

  /** What the queue gave up while it was under way, and is not delivered, is lost now: told once. */
  #tellLost(entries: Batch): void {
    const { window, context } = this.#parts;
    const lost = entries.filter((entry) => entry.state === 'flying' && !window.holds(entry));
    for (const entry of lost) entry.state = 'excepted';
    if (lost.length > 0) context.observer.suppressed('shed', lost.length);
  }

  /** An answer alert by alert. Deliveries count first: they show that the destination is well. */
  #itemsLanded(batch: Batch, results: readonly SingleResult[], launchedAtMs: number): void {
    const done = batch.filter((_, i) => results[i]?.outcome === 'delivered');
    if (done.length > 0) this.#haveDelivered(done);
    const retry = results.find((result) => result.outcome === 'retry');
    if (retry !== undefined && done.length === 0) this.#blame(batch, retry, launchedAtMs);
    batch.forEach((entry, i) => {
      const result = results[i] as SingleResult;
      // Where others of the same attempt were taken, it is surely the alert that is refused.
      if (result.outcome === 'reject' && done.length > 0) this.#except(entry, 'dead', result);
      else if (result.outcome === 'reject') this.#singleRejected(entry, result, launchedAtMs);
      else if (result.outcome === 'retry') this.#failAlone(entry, result);
    });
  }

  #batchFailed(batch: Batch, failure: Failure, launchedAtMs: number): void {
    if (failure.outcome === 'reject') {
      this.#batchRejected(batch, failure, launchedAtMs);
      return;
    }
    this.#blame(batch, failure, launchedAtMs);
    if (asksForTime(failure)) {
      for (const entry of batch) entry.state = 'pending';
      return;
    }
    for (const entry of batch) this.#countFailure(entry);
    const inTheWay = this.#inTheWay();
    const isToHalve = batch.some((entry) => this.#isToBlame(entry) || inTheWay.has(entry));
    if (batch.length > 1 && isToHalve) this.#halve(batch);
    else for (const entry of batch) this.#failAlone(entry, failure, false);
  }

  #batchRejected(batch: Batch, failure: Reject, launchedAtMs: number): void {
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) {
      this.#singleRejected(only, failure, launchedAtMs);
    } else if (this.#parts.pause.isRefusing()) {
      for (const entry of batch) entry.state = 'pending';
    } else {
      this.#halve(batch);
    }
  }

  #singleRejected(entry: Entry, failure: Reject, launchedAtMs: number): void {
    const { pause, context } = this.#parts;
    const wasRefusing = pause.isRefusing();
    const verdict = pause.rejected(failure, launchedAtMs, context.clock.monotonicMs());
    if (!wasRefusing && pause.isRefusing()) this.#tellPause(failure);
    if (verdict === 'keep') entry.state = 'pending';
    else this.#except(entry, 'dead', failure);
  }

  /** One alert failed, and may be sent again: at once in a batch of others, or by itself for long. */
  #failAlone(entry: Entry, failure: Retry, count = true): void {
    const { context } = this.#parts;
    if (count && !asksForTime(failure)) this.#countFailure(entry);
    const isInTheWay = !asksForTime(failure) && this.#inTheWay().has(entry);
    if ((this.#isToBlame(entry) || isInTheWay) && hasRetryRoom(this.#parts)) {
      this.#except(entry, 'retry', failure);
      return;
    }
    const waitMs = backoffMs(WINDOW_BACKOFF_MS, WINDOW_BACKOFF_MAX_MS, entry.tries, context.random);
    entry.state = 'pending';
    entry.notBeforeMs = context.clock.monotonicMs() + Math.max(waitMs, failure.afterMs ?? 0);
  }

  #countFailure(entry: Entry): void {
    if (entry.failures === 0) entry.deliveredAtFirstFailure = this.#delivered;
    entry.failures += 1;
  }

  /** It failed, and others have been delivered since: the fault is more likely its own. */
  #isSuspect(entry: Entry): boolean {
    return entry.failures > 0 && this.#delivered > entry.deliveredAtFirstFailure;
  }

  /** It failed often enough while others were delivered. */
  #isToBlame(entry: Entry): boolean {
    return entry.failures >= ATTEMPTS_IN_WINDOW && this.#isSuspect(entry);
  }

  /** What cursors wait for, where nothing else may go: so much is delivered, and not yet settled. */
  #inTheWay(): ReadonlySet<Entry> {
    const { window, settings } = this.#parts;
    return new Set(roomFor(window, settings()) > 0 ? [] : window.heads());
  }

  /** The lane bears a failure, unless single alerts do: a few bad ones must not make all others wait. */
  #blame(batch: Batch, failure: Retry, launchedAtMs: number): void {
    const inTheWay = this.#inTheWay();
    const isTheirOwn = batch.some((entry) => this.#isSuspect(entry) || inTheWay.has(entry));
    if (!isTheirOwn || asksForTime(failure)) this.#laneFailed(failure, launchedAtMs);
  }

  /** Both halves go out as they are; they stay `flying`, so nothing else takes their alerts. */
  #halve(batch: Batch): void {
    const middle = Math.ceil(batch.length / 2);
    this.#halves.push(batch.slice(0, middle), batch.slice(middle));
  }

  #haveDelivered(entries: readonly Entry[]): void {
    const { window, settler } = this.#parts;
    const regained = entries.filter((entry) => !window.holds(entry));
    settler.regain(regained.map(({ position }) => position as Position));
    for (const entry of entries) entry.state = 'delivered';
    this.#count(entries.map(({ stored }) => stored));
  }

  #count(delivered: readonly StoredAlert[]): void {
    const { context, pause, retries } = this.#parts;
    const nowMs = context.clock.wallMs();
    this.#delivered += delivered.length;
    context.observer.delivered(delivered.map(({ receivedAtMs }) => nowMs - receivedAtMs));
    retries.delivered();
    if (pause.delivered()) context.observer.resumed();
  }

  #laneFailed(failure: Retry, launchedAtMs: number): void {
    const { pause, context } = this.#parts;
    if (pause.failed(failure, launchedAtMs, context.clock.monotonicMs())) this.#tellPause(failure);
  }

  #tellPause({ reason, detail }: Failure): void {
    const { pause, context } = this.#parts;
    context.observer.paused({ reason, detail, untilMs: pause.untilMs });
  }

  #except(entry: Entry, state: 'retry' | 'dead', { reason, detail }: Failure): void {
    const { settler, context, window } = this.#parts;
    entry.state = 'excepted';
    if (entry.position === undefined || !window.holds(entry)) return;
    settler.except({ position: entry.position, state, reason, detail, attempts: entry.tries });
    if (state === 'dead') context.observer.dead({ reason, detail, uuid: uuidOf(entry.stored) });
  }

  /** A single alert that is tried again for as long as `retry.ageMax` allows. */
  retryLanded(row: RetryRow, stored: StoredAlert, { results, launchedAtMs }: Landed): void {
    const { retries, settler, context, settings } = this.#parts;
    const result = results[0] as SingleResult;
    row.flying = false;
    this.#report(results, launchedAtMs);
    const update = { id: row.id, attempts: row.attempts + 1, failingMs: row.failingMs };
    if (result.outcome === 'delivered') {
      retries.end(row.id);
      settler.updateRetry({ ...update, state: 'delivered', reason: '', detail: '' });
      this.#count([stored]);
      return;
    }
    const { reason, detail } = result;
    if (result.outcome === 'retry' && this.#isOutage(row, result, launchedAtMs)) {
      retries.postpone(row);
      return;
    }
    retries.failed(row, reason);
    const dead = result.outcome === 'reject' || row.failingMs >= settings().retryAgeMaxMs;
    if (dead) retries.end(row.id);
    settler.updateRetry({
      ...update,
      failingMs: row.failingMs,
      state: dead ? 'dead' : 'retry',
      reason,
      detail,
    });
    if (dead) context.observer.dead({ reason, detail, uuid: uuidOf(stored) });
  }

  /** Whether a row's failure looks like the destination's, and nothing was delivered to tell else. */
  #isOutage(row: RetryRow, failure: Retry, launchedAtMs: number): boolean {
    if (!isDestinationFault(failure)) return false;
    if (asksForTime(failure)) this.#laneFailed(failure, launchedAtMs);
    else this.#parts.retries.rest(failure, launchedAtMs);
    return asksForTime(failure) || !this.#parts.retries.isAlone(row);
  }

  #report(results: readonly SingleResult[], launchedAtMs: number): void {
    const { context } = this.#parts;
    const failure = results.find((result) => result.outcome !== 'delivered');
    const durationMs = context.clock.monotonicMs() - launchedAtMs;
    const alerts = results.length;
    if (failure === undefined) context.observer.attempted({ outcome: 'ok', alerts, durationMs });
    else {
      const { reason, detail } = failure;
      context.observer.attempted({ outcome: 'error', reason, detail, alerts, durationMs });
    }
  }
}

/** Nothing is said of the alert. Any other failure may be its own, though it looks like an outage. */
function asksForTime({ reason, afterMs }: Retry): boolean {
  return reason === 'rateLimited' || afterMs !== undefined;
}

const UUID = /"uuid":"([0-9a-f-]{36})"/;

/** Ours is the first key of the text, so this is no search. */
function uuidOf(stored: StoredAlert): string {
  return UUID.exec(stored.json.slice(0, 60))?.[1] ?? '';
}
