import type { ExceptionCopy, Position, Settlement, SettleResult } from '../queue/queue.ts';
import type { LaneContext, LaneSettings } from './lane-context.ts';
import { TROUBLE_RETRY_MS, windowMax } from './limits.ts';
import type { Troubles } from './troubles.ts';
import type { Window } from './window.ts';

type Exception = Settlement['exceptions'][number];
type RetryUpdate = Settlement['retries'][number];

const CUT_OFF = {
  state: 'retry',
  reason: 'timeout',
  detail: 'Not done when the hub stopped.',
} as const;

interface SettlerParts {
  readonly lane: number;
  readonly window: Window;
  readonly context: LaneContext;
  readonly troubles: Troubles;
  readonly settings: () => LaneSettings;
}

export interface SettlerHooks {
  /** A retry row exists now. */
  onRetryRow(row: ExceptionCopy, exception: Exception): void;
  /** The file knows what became of these retry rows. */
  onRetriesWritten(ids: readonly number[]): void;
  /** The cursors moved, or the lane is no longer stuck: there may be room. */
  onSettled(): void;
}

/**
 * Writes a lane's progress: one settlement at a time, what comes meanwhile goes into the next. What
 * could not be written has not happened: the lane is stuck, sends nothing new, and tries again.
 */
export class Settler {
  readonly #lane: number;
  readonly #window: Window;
  readonly #context: LaneContext;
  readonly #troubles: Troubles;
  readonly #settings: () => LaneSettings;
  readonly #hooks: SettlerHooks;
  #exceptions: Exception[] = [];
  #retries: RetryUpdate[] = [];
  #regained: Position[] = [];
  #settling: Promise<void> | undefined;
  #again = false;
  #stuck = false;
  #ended = false;
  /** Set while progress that could not be written waits to be tried again. */
  #cancelRetry: (() => void) | undefined;

  constructor({ lane, window, context, troubles, settings }: SettlerParts, hooks: SettlerHooks) {
    this.#lane = lane;
    this.#window = window;
    this.#context = context;
    this.#troubles = troubles;
    this.#settings = settings;
    this.#hooks = hooks;
  }

  get isStuck(): boolean {
    return this.#stuck;
  }

  /** Something is being written, or waits to be tried again. */
  get isWriting(): boolean {
    return this.#settling !== undefined || this.#cancelRetry !== undefined;
  }

  except(exception: Exception): void {
    this.#exceptions.push(exception);
  }

  updateRetry(update: RetryUpdate): void {
    this.#retries.push(update);
  }

  /** Delivered, but given up meanwhile. */
  regain(positions: readonly Position[]): void {
    this.#regained.push(...positions);
  }

  /** Writes what there is to write, soon. */
  request(): void {
    if (this.#settling !== undefined) {
      this.#again = true;
      return;
    }
    if (this.#cancelRetry !== undefined) return;
    const settlement = this.#next();
    if (settlement === undefined) {
      // What could not be written was given up meanwhile, or was the caller's own.
      if (this.#stuck) this.#hooks.onSettled();
      this.#stuck = false;
      return;
    }
    this.#goOnAfter(this.#write(settlement));
  }

  /** A settlement of the caller's own: after what is being written, before what is asked for next. */
  settle(settlement: Settlement): Promise<boolean> {
    const writing = (this.#settling ?? Promise.resolve()).then(() => this.#write(settlement));
    this.#goOnAfter(writing);
    return writing;
  }

  #goOnAfter(writing: Promise<unknown>): void {
    const settling: Promise<void> = writing.then(() => this.#goOn(settling));
    this.#settling = settling;
  }

  #goOn(settling: Promise<void>): void {
    // Another one stands behind.
    if (this.#settling !== settling) return;
    this.#settling = undefined;
    if (!this.#again) return;
    this.#again = false;
    this.request();
  }

  /** Waits until nothing is left to write, or writing fails. */
  async finish(): Promise<void> {
    for (let round = 0; round < 100; round += 1) {
      this.request();
      if (this.#settling === undefined) return;
      await this.#settling;
      if (this.#stuck) return;
    }
  }

  /**
   * Writes what is left, once more if writing has failed; nothing is tried after it. Alerts that hold
   * a cursor back from others that are delivered become retry rows, or those would be sent again.
   */
  async end(): Promise<void> {
    this.#ended = true;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    for (const entry of this.#window.holdingBack()) {
      entry.state = 'excepted';
      this.except({ ...CUT_OFF, position: entry.position as Position, attempts: entry.tries });
    }
    await this.finish();
  }

  /**
   * The queue gave up what lies beyond `from` up to a position: what of it was delivered is settled
   * as that. Returns how many were delivered, or are under way and may yet be.
   */
  givenUp(to: Position, from: number): number {
    const { delivered, flying } = this.#window.giveUp(to, from);
    this.regain(delivered);
    this.#exceptions = this.#exceptions.filter(
      ({ position: { shard, n } }) => shard !== to.shard || n > to.n,
    );
    return delivered.length + flying;
  }

  #next(): Settlement | undefined {
    const { cursors, damaged } = this.#window.progress();
    const exceptions = this.#exceptions;
    const retries = this.#retries;
    const regained = this.#regained;
    const written = [cursors, exceptions, retries, regained];
    if (written.every((part) => part.length === 0)) return undefined;
    const gaps = damaged.map(({ shard, n }) => ({
      shard,
      from: n - 1,
      to: n,
      count: 1,
      reason: 'damaged' as const,
    }));
    this.#exceptions = [];
    this.#retries = [];
    this.#regained = [];
    return { lane: this.#lane, cursors, exceptions, retries, gaps, regained, appends: [] };
  }

  /** One settlement, with what to do when it comes too late or cannot be written. */
  async #write(settlement: Settlement): Promise<boolean> {
    let result: SettleResult;
    try {
      result = await this.#context.queue.settle(settlement, this.#mayWait());
    } catch (error) {
      this.#putBack(settlement);
      this.#getStuck(error);
      return false;
    }
    this.#stuck = false;
    this.#troubles.over('progress');
    if (result.outcome === 'moved') {
      this.#putBack(settlement);
      // Told before, as a rule, and then nothing is left to give up.
      for (const { shard, n } of this.#window.cursors()) {
        const to = result.cursors.find((cursor) => cursor.shard === shard);
        if (to !== undefined) this.givenUp(to, n);
      }
      this.#again = true;
      return false;
    }
    this.#window.moveTo(settlement.cursors.map(({ shard, to }) => ({ shard, n: to })));
    const damaged = settlement.gaps.filter(({ reason }) => reason === 'damaged').length;
    if (damaged > 0) this.#context.observer.suppressed('damaged', damaged);
    settlement.exceptions.forEach((exception, i) => {
      const copy = result.exceptions[i] as ExceptionCopy;
      if (exception.state === 'retry') this.#hooks.onRetryRow(copy, exception);
    });
    this.#hooks.onRetriesWritten(settlement.retries.map(({ id }) => id));
    this.#hooks.onSettled();
    return true;
  }

  /** A lane whose window is full reads nothing before its progress is written. */
  #mayWait(): boolean {
    return !this.#ended && this.#window.size < windowMax(this.#settings());
  }

  #putBack(settlement: Settlement): void {
    this.#exceptions = [...settlement.exceptions, ...this.#exceptions];
    this.#retries = [...settlement.retries, ...this.#retries];
    this.#regained = [...settlement.regained, ...this.#regained];
  }

  #getStuck(error: unknown): void {
    this.#troubles.met('progress', error);
    this.#stuck = true;
    if (this.#ended) return;
    this.#cancelRetry ??= this.#context.clock.after(TROUBLE_RETRY_MS, () => {
      this.#cancelRetry = undefined;
      this.request();
    });
  }
}
