import type { Clock } from './clock.ts';

/** The attempts a lane has under way, and how many of them hold more than urgent alerts. */
export class Flights {
  readonly #clock: Clock;
  #count = 0;
  #lower = 0;
  #onLanded = (): void => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#count;
  }

  /** Slots that urgent alerts have to wait for. */
  get lower(): number {
    return this.#lower;
  }

  launched(isUrgent: boolean): void {
    this.#count += 1;
    if (!isUrgent) this.#lower += 1;
  }

  landed(isUrgent: boolean): void {
    this.#count -= 1;
    if (!isUrgent) this.#lower -= 1;
    this.#onLanded();
  }

  /** Waits until all have landed, or until `deadlineMs` (monotonic). Returns how many have not. */
  async landBy(deadlineMs: number): Promise<number> {
    while (this.#count > 0 && this.#clock.monotonicMs() < deadlineMs) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = this.#clock.after(deadlineMs - this.#clock.monotonicMs(), resolve);
      this.#onLanded = resolve;
      await promise;
      cancel();
    }
    return this.#count;
  }
}
