import type { LaneStart, StoredAlert } from '../queue/queue.ts';
import { Alarm } from './alarm.ts';
import { type Batch, Chooser } from './chooser.ts';
import { isUrgent } from './entry.ts';
import { Feed } from './feed.ts';
import { Flights } from './flights.ts';
import type { GivenUp, LaneContext, LaneSettings, LaneStatus } from './lane-context.ts';
import { SKIP_SETTLE_MS } from './limits.ts';
import { Outcomes } from './outcomes.ts';
import { Pause } from './pause.ts';
import { Retries } from './retries.ts';
import { RetryFlights } from './retry-flights.ts';
import { Settler } from './settler.ts';
import { Stale } from './stale.ts';
import { Troubles } from './troubles.ts';
import { Unkept } from './unkept.ts';
import { Window } from './window.ts';

/**
 * One output's deliveries: reads forward from its cursors into a bounded window, sends in batches,
 * and writes what became of each alert. Knows no other lane.
 */
export class Lane {
  readonly id: number;
  readonly #context: LaneContext;
  readonly #window: Window;
  readonly #troubles: Troubles;
  readonly #settler: Settler;
  readonly #pause: Pause;
  readonly #retries: Retries;
  readonly #unkept = new Unkept();
  readonly #chooser = new Chooser();
  readonly #outcomes: Outcomes;
  readonly #feed: Feed;
  readonly #alarm: Alarm;
  readonly #flights: Flights;
  readonly #retryFlights: RetryFlights;
  readonly #stale: Stale;
  #settings: LaneSettings;
  #state: 'running' | 'draining' | 'stopped' = 'running';
  #wakeScheduled = false;
  #retriedLast = false;
  #cancelSkips = (): void => undefined;

  constructor(start: LaneStart, settings: LaneSettings, context: LaneContext) {
    this.id = start.lane.id;
    this.#settings = settings;
    this.#context = context;
    this.#window = new Window(start.cursors, start.settled);
    this.#pause = new Pause(context.random);
    this.#retries = new Retries(context.clock, context.random, context.hasRetryRoom);
    this.#troubles = new Troubles(context.clock, (message) => context.observer.stuck(message));
    const shared = {
      lane: this.id,
      context,
      window: this.#window,
      troubles: this.#troubles,
      retries: this.#retries,
      settings: () => this.#settings,
    };
    const wake = (): void => this.wake();
    this.#settler = new Settler(shared, {
      onRetryRow: (row, exception) => this.#retries.add(row, exception),
      onRetriesWritten: (ids) => this.#retryFlights.written(ids),
      onSettled: wake,
    });
    const settling = { ...shared, settler: this.#settler };
    this.#outcomes = new Outcomes({ ...settling, pause: this.#pause });
    this.#stale = new Stale({ ...settling, onDone: wake });
    this.#flights = new Flights({ ...shared, onFree: wake });
    this.#retryFlights = new RetryFlights({
      ...settling,
      flights: this.#flights,
      outcomes: this.#outcomes,
      isRunning: () => this.#state === 'running',
      onDone: wake,
    });
    this.#alarm = new Alarm(context.clock, wake);
    this.#feed = new Feed({
      ...shared,
      isProbing: () => this.#pause.isProbing(),
      onRead: wake,
    });
  }

  /** Starts delivering: what waited for a retry is due soon, the rest from the cursors on. */
  async start(): Promise<void> {
    this.#settleSkips();
    await this.#retryFlights.load();
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#wakeScheduled || this.#state === 'stopped') return;
    this.#wakeScheduled = true;
    this.#context.clock.soon(() => {
      this.#wakeScheduled = false;
      this.#pump();
    });
  }

  /** Text of what is tried again by itself, in the file a second time. */
  get retryBytes(): number {
    return this.#retries.bytes;
  }

  /**
   * New settings for the same lane: a pause ends. Attempts under way keep the old ones, of another
   * adapter with the new time at most.
   */
  update(settings: LaneSettings, hasNewAdapter: boolean): void {
    this.#settings = settings;
    if (hasNewAdapter) this.#flights.replaceAdapter();
    this.#pause.reset();
    this.#retries.goOn();
    this.wake();
  }

  /** An operator sent dead letters back. */
  async replayed(): Promise<void> {
    this.#retries.goOn();
    await this.#retryFlights.load();
  }

  /** The queue gave up alerts of this lane: what of them was delivered, or will be, is not lost. */
  givenUp({ from, position, reason, count }: GivenUp): void {
    const lost = count - this.#settler.givenUp(position, from);
    if (lost > 0) this.#context.observer.suppressed(reason, lost);
    this.#settler.request();
    this.wake();
  }

  /** An alert that is not on disk: sent if it can be, promised to nobody. */
  offerUnkept(alert: StoredAlert): void {
    this.#tellUnkeptLost(this.#unkept.offer(alert, this.#context.clock.monotonicMs()));
    this.wake();
  }

  status(): LaneStatus {
    const oldest = this.#window.oldestReceivedAtMs();
    const { cause } = this.#pause;
    const state = this.#troubles.any ? 'stuck' : cause === undefined ? 'active' : 'paused';
    return {
      state,
      flying: this.#flights.count,
      retries: this.#retries.size,
      ...(cause === undefined ? {} : { reason: cause.reason, detail: cause.detail }),
      ...(oldest === undefined ? {} : { oldestReceivedAtMs: oldest }),
    };
  }

  /** Nothing waits, nothing is under way, all of it is written. */
  isIdle(): boolean {
    if (this.#flights.count > 0 || this.#settler.isWriting) return false;
    const isEmpty = this.#window.isSettled() && this.#unkept.size === 0 && this.#retries.isEmpty();
    return isEmpty && this.#feed.unreadShards().length === 0;
  }

  /**
   * Sends nothing new, lets attempts finish until `deadlineMs` (monotonic) and writes progress.
   * Returns how many were cut off: those may arrive, and be made again after the next start.
   */
  async stop(deadlineMs: number): Promise<number> {
    this.#state = 'draining';
    this.#alarm.set([]);
    this.#cancelSkips();
    const cutOff = await this.#flights.landBy(deadlineMs);
    this.#state = 'stopped';
    this.#tellUnkeptLost(this.#unkept.clear());
    await this.#settler.end();
    return cutOff;
  }

  #pump(): void {
    if (this.#state !== 'running') return;
    this.#context.ages.look();
    this.#feed.fill();
    if (this.#pause.isPaused(this.#context.clock.monotonicMs())) {
      this.#alarm.set([this.#pause.untilMs]);
      return;
    }
    this.#giveUpStale();
    // What is due already waits for a free slot, and an attempt that lands wakes the lane.
    const nowMs = this.#context.clock.monotonicMs();
    const times = [this.#launchAll(nowMs), this.#window.nextDueMs(), this.#retries.nextDueMs()];
    this.#alarm.set(times, nowMs);
  }

  /** Fills the free slots; returns when a batch that waits to fill is due. */
  #launchAll(nowMs: number): number | undefined {
    const slots = this.#pause.isProbing() ? 1 : this.#settings.concurrency;
    if (this.#flights.isGrounded) return undefined;
    while (this.#flights.count < slots) {
      // Of several slots one is for urgent alerts alone.
      const urgentOnly = slots > 1 && this.#flights.lower >= slots - 1;
      if (!urgentOnly && this.#isRetriesTurn(slots) && this.#retryFlights.launch()) {
        this.#retriedLast = true;
        continue;
      }
      const next = this.#nextBatch(nowMs, urgentOnly);
      if (next === undefined) return undefined;
      if ('againAtMs' in next) return next.againAtMs;
      void this.#launch(next);
    }
    return undefined;
  }

  /** An only slot is shared: retry rows must not keep it from everything else. */
  #isRetriesTurn(slots: number): boolean {
    if (this.#window.isSettled()) return true;
    return slots > 1 || !this.#retriedLast;
  }

  /** Halves go first, but a probe is any other alert: halves are of batches that failed. */
  #nextBatch(nowMs: number, urgentOnly: boolean): ReturnType<Chooser['next']> {
    const isProbe = this.#pause.isProbing();
    const unkeptOnly = this.#settler.isStuck;
    const nextHalf = (): Batch | undefined =>
      urgentOnly ? undefined : this.#outcomes.nextHalf(unkeptOnly);
    const half = isProbe ? undefined : nextHalf();
    const next =
      half ??
      this.#chooser.next({
        window: this.#window,
        unkept: this.#unkept,
        settings: this.#settings,
        nowMs,
        urgentOnly,
        unkeptOnly,
        staleBeforeMs: isProbe ? Number.NEGATIVE_INFINITY : this.#stale.beforeMs(),
        isProbe,
        random: this.#context.random,
      });
    return next ?? nextHalf();
  }

  async #launch(batch: Batch): Promise<void> {
    for (const entry of batch) entry.state = 'flying';
    this.#retriedLast = false;
    const alerts = batch.map(({ stored }) => stored);
    const landed = await this.#flights.fly(alerts, batch.every(isUrgent));
    if (landed === undefined) return;
    this.#outcomes.landed(batch, landed);
    this.#tellUnkeptLost(this.#unkept.sweep());
    this.#settler.request();
    this.wake();
  }

  #tellUnkeptLost(count: number): void {
    if (count > 0) this.#context.observer.suppressed('notDurable', count);
  }

  /** Alerts for other lanes move the cursor, too; written at most once a second. */
  #settleSkips(): void {
    this.#cancelSkips = this.#context.clock.after(SKIP_SETTLE_MS, () => {
      if (this.#state !== 'running') return;
      this.#settler.request();
      if (this.#retries.wantsMore()) void this.#retryFlights.load();
      this.wake();
      this.#settleSkips();
    });
  }

  /** A lane that is down gives nothing up: it may be back before anything is too old. */
  #giveUpStale(): void {
    if (this.#pause.isProbing() || this.#settler.isStuck || !this.#stale.isDue()) return;
    this.#outcomes.releaseHalves();
    this.#stale.giveUp();
  }
}
