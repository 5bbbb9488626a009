import type { StoredAlert } from '../queue/queue.ts';
import { attempt, type AttemptResult } from './attempt.ts';
import type { LaneContext, LaneSettings } from './lane-context.ts';
import { UNENDED_MAX } from './limits.ts';
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

/** The attempts a lane has under way, and how many of them hold more than urgent alerts. */
export class Flights {
  readonly #parts: Parts;
  readonly #cutOff = new AbortController();
  #count = 0;
  #lower = 0;
  /** Left behind when their time was up, and not over yet. */
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
    return this.#unended >= UNENDED_MAX;
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
    return this.#cutOff.signal.aborted ? undefined : landed;
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
    this.#cutOff.abort(new DOMException('The hub stops.', 'AbortError'));
    return this.#count;
  }

  async #attempt(alerts: Alerts): Promise<Landed | undefined> {
    if (alerts.length === 0) return undefined;
    const { clock, redact } = this.#parts.context;
    const { send, timeoutMs } = this.#parts.settings();
    const launchedAtMs = clock.monotonicMs();
    const options = { send, timeoutMs, clock, stop: this.#cutOff.signal, redact };
    const { results, whole, unended } = await attempt(alerts, options);
    if (unended !== undefined) void this.#waitFor(unended);
    return { results, whole, launchedAtMs };
  }

  async #waitFor(unended: Promise<unknown>): Promise<void> {
    const { troubles, onFree } = this.#parts;
    this.#unended += 1;
    if (this.isGrounded) {
      const text = `${UNENDED_MAX} attempts go on though their time is up; nothing is sent until one ends.`;
      troubles.met('attempts', new Error(text));
    }
    await unended;
    this.#unended -= 1;
    troubles.over('attempts');
    onFree();
  }
}
