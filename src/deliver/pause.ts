import type { SingleResult } from '../output/define.ts';
import { isDestinationFault } from '../output/http-result.ts';
import { backoffMs } from './backoff.ts';
import {
  FAILURES_BEFORE_PAUSE,
  PAUSE_MAX_MS,
  PAUSE_MS,
  PAUSE_OPERATOR_MAX_MS,
  REJECTS_BEFORE_PAUSE,
} from './limits.ts';

type Failure = Exclude<SingleResult, { outcome: 'delivered' }>;

/**
 * Decides whether the lane may send. What is the destination's fault pauses it at once, anything
 * else after five failures in a row; each probe after that is one attempt, until one delivers.
 */
export class Pause {
  readonly #random: () => number;
  #untilMs = Number.NEGATIVE_INFINITY;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #pausesInRow = 0;
  #failuresInRow = 0;
  #rejectsInRow = 0;
  #cause: Failure | undefined;

  constructor(random: () => number) {
    this.#random = random;
  }

  get untilMs(): number {
    return this.#untilMs;
  }

  /** Why the lane is paused or probing. */
  get cause(): Failure | undefined {
    return this.#pausesInRow > 0 ? this.#cause : undefined;
  }

  isPaused(nowMs: number): boolean {
    return nowMs < this.#untilMs;
  }

  /** Nothing was delivered since the pause: one attempt at a time. */
  isProbing(): boolean {
    return this.#pausesInRow > 0;
  }

  /** So many single alerts were refused in a row that it is the destination, after all. */
  isRefusing(): boolean {
    return this.#rejectsInRow >= REJECTS_BEFORE_PAUSE;
  }

  /** Something was delivered. True: the lane comes back from a pause. */
  delivered(): boolean {
    const resumed = this.#pausesInRow > 0;
    this.#pausesInRow = 0;
    this.#failuresInRow = 0;
    this.#rejectsInRow = 0;
    this.#untilMs = Number.NEGATIVE_INFINITY;
    this.#cause = undefined;
    return resumed;
  }

  /** An attempt launched at `launchedAtMs` failed. True: the lane pauses now. */
  failed(failure: Failure, launchedAtMs: number, nowMs: number): boolean {
    this.#failuresInRow += 1;
    const pauses =
      isDestinationFault(failure) ||
      this.#failuresInRow >= FAILURES_BEFORE_PAUSE ||
      this.#pausesInRow > 0;
    return pauses && this.#pause(failure, launchedAtMs, nowMs);
  }

  /** A single alert was refused. `dead`: it is the alert; `keep`: by now it is the destination. */
  rejected(failure: Failure, launchedAtMs: number, nowMs: number): 'dead' | 'keep' {
    if (this.isRefusing()) {
      this.#pause(failure, launchedAtMs, nowMs);
      return 'keep';
    }
    this.#rejectsInRow += 1;
    if (this.isRefusing()) this.#pause(failure, launchedAtMs, nowMs);
    return 'dead';
  }

  /** New settings may have mended it: the next attempt goes at once. */
  reset(): void {
    this.#untilMs = Number.NEGATIVE_INFINITY;
  }

  #pause(failure: Failure, launchedAtMs: number, nowMs: number): boolean {
    const asked = failure.outcome === 'retry' ? failure.afterMs : undefined;
    if (asked !== undefined) this.#untilMs = Math.max(this.#untilMs, nowMs + asked);
    // Attempts that were under way when the lane paused say nothing new.
    if (launchedAtMs < this.#sinceMs) return false;
    this.#cause = failure;
    this.#sinceMs = nowMs;
    const operator = failure.reason === 'auth' || failure.reason === 'client' || this.isRefusing();
    const maxMs = operator ? PAUSE_OPERATOR_MAX_MS : PAUSE_MAX_MS;
    const waitMs = backoffMs(PAUSE_MS, maxMs, this.#pausesInRow, this.#random);
    this.#pausesInRow += 1;
    this.#untilMs = Math.max(this.#untilMs, nowMs + waitMs);
    return true;
  }
}
