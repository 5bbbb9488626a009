import type { LaneStart, Queue, StoredAlert } from '../queue/queue.ts';
import type { Adapter } from './adapter.ts';
import { Ages } from './ages.ts';
import type { Send } from './attempt.ts';
import type { Clock } from './clock.ts';
import { Lane } from './lane.ts';
import type {
  GivenUp,
  LaneContext,
  LaneObserver,
  LaneSettings,
  LaneStatus,
} from './lane-context.ts';
import { CLOSE_MAX_MS, RETRY_BYTES_SHARE, WINDOW_BYTES_MAX, WINDOWS_BYTES_MAX } from './limits.ts';

/** An output as the configuration has it now. */
export interface EngineOutput {
  readonly name: string;
  readonly type: string;
  readonly formerly?: string;
  readonly settings: Omit<LaneSettings, 'send'>;
  readonly adapter: Adapter;
}

export interface EngineOptions {
  readonly queue: Queue;
  readonly clock: Clock;
  readonly random: () => number;
  readonly redact: (text: string) => string;
  readonly observerOf: (output: { name: string; type: string }) => LaneObserver;
  readonly staleSummary: LaneContext['staleSummary'];
  /** What the queue may take on disk, in bytes. */
  readonly queueBytesMax: number;
}

interface Running {
  readonly lane: Lane;
  output: EngineOutput;
}

/** A lane per output: starts, changes and stops them as the configuration says. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #running = new Map<number, Running>();
  /** Lanes of removed outputs, until their last attempts have ended. */
  readonly #leaving = new Map<Running, Promise<void>>();
  readonly #ages: Ages;
  #redirected: Send | undefined;
  #isStopped = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#ages = new Ages(options.clock);
  }

  /**
   * Brings the lanes in step with these outputs and returns each output's lane id by name. A lane
   * that goes on keeps its window; its old adapter is closed when its attempts are done. Where the
   * hub stops meanwhile no lane starts: what is stored waits for the next start.
   */
  async apply(outputs: readonly EngineOutput[]): Promise<ReadonlyMap<string, number>> {
    const requests = outputs.map(({ name, type, formerly }) =>
      formerly === undefined ? { name, type } : { name, type, formerly },
    );
    await this.#awaitReturning(outputs);
    const starts = await this.#options.queue.syncLanes(requests);
    const ids = new Map<string, number>();
    const kept = new Set<number>();
    for (const [i, start] of starts.entries()) {
      const output = outputs[i] as EngineOutput;
      ids.set(output.name, start.lane.id);
      kept.add(start.lane.id);
      if (!this.#isStopped) await this.#applyOne(start, output);
    }
    for (const [id, running] of this.#running) if (!kept.has(id)) this.#remove(id, running);
    return ids;
  }

  /** Lanes for which something was stored. */
  wake(lanes: ReadonlySet<number>): void {
    for (const id of lanes) this.#running.get(id)?.lane.wake();
  }

  /** Returns what is of lanes that do not run: the others tell it themselves. */
  givenUp<T extends GivenUp & { readonly lane: number }>(gaps: readonly T[]): T[] {
    return gaps.filter((gap) => {
      const running = this.#running.get(gap.lane);
      running?.lane.givenUp(gap);
      return running === undefined;
    });
  }

  offerUnkept(alert: StoredAlert, lanes: readonly number[]): void {
    for (const id of lanes) this.#running.get(id)?.lane.offerUnkept(alert);
  }

  async reloadRetries(lanes: ReadonlySet<number>): Promise<void> {
    for (const id of lanes) await this.#running.get(id)?.lane.replayed();
  }

  /** Ids of the lanes of these outputs. */
  laneIds(names: readonly string[]): number[] {
    const wanted = new Set(names);
    return [...this.#running.values()]
      .filter(({ output }) => wanted.has(output.name))
      .map(({ lane }) => lane.id);
  }

  statuses(): { name: string; type: string; lane: number; status: LaneStatus }[] {
    return [...this.#running.values()].map(({ lane, output }) => ({
      name: output.name,
      type: output.type,
      lane: lane.id,
      status: lane.status(),
    }));
  }

  isIdle(): boolean {
    return [...this.#running.values()].every(({ lane }) => lane.isIdle());
  }

  /** Returns how many attempts were cut off at the deadline (milliseconds from now). */
  async stop(withinMs: number): Promise<number> {
    this.#isStopped = true;
    const deadlineMs = this.#options.clock.monotonicMs() + withinMs;
    const cutOff = await Promise.all(
      [...this.#running.values(), ...this.#leaving.keys()].map(async ({ lane, output }) => {
        const count = await lane.stop(deadlineMs);
        await this.#close(output);
        return count;
      }),
    );
    this.#running.clear();
    return cutOff.reduce((sum, count) => sum + count, 0);
  }

  /**
   * Every lane sends by `send` instead of to its output, until what is returned is called, or another
   * way takes the place of this one.
   */
  redirect(send: Send): () => void {
    this.#setWay(send);
    return () => {
      if (this.#redirected === send) this.#setWay(undefined);
    };
  }

  #setWay(send: Send | undefined): void {
    this.#redirected = send;
    for (const { lane, output } of this.#running.values()) {
      lane.update(this.#settingsOf(output), true);
    }
  }

  #settingsOf({ settings, adapter }: EngineOutput): LaneSettings {
    const own: Send = (deliveries, signal) => adapter.send(deliveries, signal);
    return { ...settings, send: this.#redirected ?? own };
  }

  async #applyOne(start: LaneStart, output: EngineOutput): Promise<void> {
    const settings = this.#settingsOf(output);
    const running = this.#running.get(start.lane.id);
    if (running !== undefined) {
      const old = running.output;
      running.output = output;
      const hasNewAdapter = old.adapter !== output.adapter;
      running.lane.update(settings, hasNewAdapter);
      if (hasNewAdapter) void this.#close(old);
      return;
    }
    // Asked for the output each time: a lane outlives a change of its output's name.
    const context = this.#contextOf(() => added.output);
    const added: Running = { lane: new Lane(start, settings, context), output };
    this.#running.set(start.lane.id, added);
    await added.lane.start();
  }

  /** Not waited for: an attempt that hangs must not hold up what else a reload brings. */
  #remove(id: number, running: Running): void {
    const { lane, output } = running;
    const leave = async (): Promise<void> => {
      await lane.stop(this.#options.clock.monotonicMs() + output.settings.timeoutMs);
      await this.#close(output);
      this.#leaving.delete(running);
    };
    this.#running.delete(id);
    this.#leaving.set(running, leave());
  }

  /** A connection that does not close, or fails to, is left behind. */
  async #close({ adapter }: EngineOutput): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(CLOSE_MAX_MS, resolve);
    await Promise.race([promise, adapter.close().catch(() => undefined)]);
    cancel();
  }

  /** An output that comes back begins where the last attempts of its former lane have ended. */
  async #awaitReturning(outputs: readonly EngineOutput[]): Promise<void> {
    const names = new Set(outputs.flatMap(({ name, formerly }) => [name, formerly]));
    const returning = [...this.#leaving].filter(([{ output }]) => names.has(output.name));
    await Promise.all(returning.map(([, left]) => left));
  }

  /** Until all lanes together have their part of the queue; then a lane has room to its share of that. */
  #hasRetryRoom(ownBytes: number): boolean {
    const max = this.#options.queueBytesMax * RETRY_BYTES_SHARE;
    const running = [...this.#running.values()];
    if (ownBytes < max / Math.max(1, running.length)) return true;
    return running.reduce((sum, { lane }) => sum + lane.retryBytes, 0) < max;
  }

  #contextOf(output: () => EngineOutput): LaneContext {
    const ages = this.#ages;
    const { queue, clock, random, redact, observerOf, staleSummary } = this.#options;
    const running = this.#running;
    return {
      queue,
      clock,
      ages,
      random,
      redact,
      staleSummary,
      get observer() {
        return observerOf(output());
      },
      windowBytesMax: () =>
        Math.min(WINDOW_BYTES_MAX, WINDOWS_BYTES_MAX / Math.max(1, running.size)),
      hasRetryRoom: (ownBytes) => this.#hasRetryRoom(ownBytes),
    };
  }
}
