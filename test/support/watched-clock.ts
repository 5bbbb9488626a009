import { VirtualClock } from './virtual-clock.ts';

/** Counts what a lane does with its clock. */
export class WatchedClock extends VirtualClock {
  /** Times a lane was woken. */
  wakes = 0;
  readonly #live = new Set<symbol>();

  /** Timers that are set and neither rang nor were taken back. */
  get timers(): number {
    return this.#live.size;
  }

  override after(delayMs: number, call: () => void): () => void {
    const mark = Symbol('timer');
    this.#live.add(mark);
    const cancel = super.after(delayMs, () => {
      this.#live.delete(mark);
      call();
    });
    return () => {
      this.#live.delete(mark);
      cancel();
    };
  }

  override soon(call: () => void): void {
    this.wakes += 1;
    super.soon(call);
  }
}
