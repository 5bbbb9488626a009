import type { Clock } from './clock.ts';

/** One timer that is set again and again: the last setting counts. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  /** When it rings; `Infinity`: not at all. */
  #atMs = Number.POSITIVE_INFINITY;
  #cancel = (): void => undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /**
   * Rings at the earliest of these times that is still to come at `nowMs`; none: not at all. One that
   * has passed since is not missed.
   */
  set(timesMs: readonly (number | undefined)[], nowMs = this.#clock.monotonicMs()): void {
    const next = Math.min(
      ...(timesMs.filter((time) => time !== undefined && time > nowMs) as number[]),
    );
    // A lane that is paused sets the same time with every commit.
    if (next === this.#atMs) return;
    this.#cancel();
    this.#atMs = next;
    if (next === Number.POSITIVE_INFINITY) return;
    const delayMs = next - this.#clock.monotonicMs();
    this.#cancel = this.#clock.after(Math.max(1, delayMs), () => {
      this.#atMs = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }
}
