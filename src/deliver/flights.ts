import type { StoredAlert } from '../queue/queue.ts';
import { attempt, type AttemptResult } from './attempt.ts';
import type { LaneContext, LaneSettings } from './lane-context.ts';
import { UNENDED_ALL_MAX, UNENDED_MAX } from './limits.ts';
import type { Troubles } from './troubles.ts';

interface Parts {
  readonly context: Pick<LaneContext, 'clock' | 'redact'>;
  readonly troubles: Troubles;
  readonly settings: () => Pick<LaneSettings, 'send' | 'timeoutMs'>;
  /** A slot is free again. */
  readonly onFree: () => void;
}

export interface Landed extends Omit<AttemptResult, 'unended'> {
  readonly launchedAtMs: number;
}

type Alerts = readonly StoredAlert[];

/** The attempts that are made by one adapter. */
class Squadron {
  /** Ends all that are under way. */
  readonly end = new AbortController();
  /** Left behind when their time was up, and not over yet. */
  unended = 0;
}

/** The attempts a lane has under way, and how many of them hold more than urgent alerts. */
export class Flights {
  readonly #parts: Parts;
  #squadron = new Squadron();
  /** Of adapters that others took the place of, until the time of their attempts is up; and what ends it. */
  readonly #replaced = new Map<Squadron, () => void>();
  #isCutOff = false;
  #count = 0;
  #lower = 0;
  /** Of all adapters. */
  #unended = 0;
  #onLanded = (): void => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#count;
  }

  /** Slots that urgent alerts have to wait for. */
  get lower(): number {
    return this.#lower;
  }

  /** So many attempts were left behind that another might be one too many. */
  get isGrounded(): boolean {
    return this.#squadron.unended >= UNENDED_MAX || this.#unended >= UNENDED_ALL_MAX;
  }

  /**
   * Another adapter sends from now on. Attempts of the old one have the time of the new settings at
   * most, and what of them was left behind keeps the lane no more: it may be why there is another.
   */
  replaceAdapter(): void {
    const old = this.#squadron;
    const { context, settings, troubles } = this.#parts;
    this.#squadron = new Squadron();
    const cancel = context.clock.after(settings().timeoutMs, () => {
      this.#replaced.delete(old);
      old.end.abort(new DOMException('Another output took its place.', 'TimeoutError'));
    });
    this.#replaced.set(old, cancel);
    troubles.over('attempts');
    this.#tellIfGrounded();
  }

  /**
   * One attempt, in a slot that is taken until it has landed. Undefined where there was nothing to
   * send, and of an attempt that was cut off.
   */
  async fly(loading: Alerts | Promise<Alerts>, isUrgent: boolean): Promise<Landed | undefined> {
    this.#count += 1;
    if (!isUrgent) this.#lower += 1;
    const alerts = loading instanceof Promise ? await loading : loading;
    const landed = await this.#attempt(alerts);
    this.#count -= 1;
    if (!isUrgent) this.#lower -= 1;
    this.#onLanded();
    return this.#isCutOff ? undefined : landed;
  }

  /**
   * Waits until all have landed, or until `deadlineMs` (monotonic), when the others are cut off.
   * Returns how many those are.
   */
  async landBy(deadlineMs: number): Promise<number> {
    const { clock } = this.#parts.context;
    while (this.#count > 0 && clock.monotonicMs() < deadlineMs) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = clock.after(deadlineMs - clock.monotonicMs(), resolve);
      this.#onLanded = resolve;
      await promise;
      cancel();
    }
    this.#isCutOff = true;
    for (const cancel of this.#replaced.values()) cancel();
    for (const { end } of [this.#squadron, ...this.#replaced.keys()]) {
      end.abort(new DOMException('The hub stops.', 'AbortError'));
    }
    return this.#count;
  }

  async #attempt(alerts: Alerts): Promise<Landed | undefined> {
    if (alerts.length === 0) return undefined;
    const { clock, redact } = this.#parts.context;
    const { send, timeoutMs } = this.#parts.settings();
    const launchedAtMs = clock.monotonicMs();
    const squadron = this.#squadron;
    const options = { send, timeoutMs, clock, stop: squadron.end.signal, redact };
    const { results, whole, unended } = await attempt(alerts, options);
    if (unended !== undefined) void this.#waitFor(unended, squadron);
    return { results, whole, launchedAtMs };
  }

  async #waitFor(unended: Promise<unknown>, squadron: Squadron): Promise<void> {
    const { troubles, onFree } = this.#parts;
    squadron.unended += 1;
    this.#unended += 1;
    this.#tellIfGrounded();
    await unended;
    squadron.unended -= 1;
    this.#unended -= 1;
    if (!this.isGrounded) troubles.over('attempts');
    onFree();
  }

  #tellIfGrounded(): void {
    if (!this.isGrounded) return;
    const isOwn = this.#squadron.unended >= UNENDED_MAX;
    const count = isOwn ? UNENDED_MAX : UNENDED_ALL_MAX;
    const why = `${count} attempts go on though their time is up; nothing is sent until one ends.`;
    const since = isOwn ? '' : ' They began before the output was changed: start the hub anew.';
    this.#parts.troubles.met('attempts', new Error(why + since));
  }
}
