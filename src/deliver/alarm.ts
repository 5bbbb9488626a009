import type { Clock } from './clock.ts';

/** One timer that is set again and again: the last setting counts. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #cancel = (): void => undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at the earliest of these times that is still to come; none: not at all. */
  set(timesMs: readonly (number | undefined)[]): void {
    this.#cancel();
    this.#cancel = () => undefined;
    const nowMs = this.#clock.monotonicMs();
    const next = Math.min(
      ...(timesMs.filter((time) => time !== undefined && time > nowMs) as number[]),
    );
    if (next === Number.POSITIVE_INFINITY) return;
    this.#cancel = this.#clock.after(Math.max(1, next - nowMs), this.#ring);
  }
}
