import type { Clock } from './clock.ts';
import { CLOCK_JUMP_MS, CLOCK_SPANS_MAX } from './limits.ts';

/** A time during which the wall clock went along with the monotonic one. */
interface Span {
  /** On the monotonic clock. */
  readonly fromMs: number;
  /** Wall clock less monotonic clock. */
  readonly offsetMs: number;
}

/**
 * Tells how old alerts are, though they carry wall-clock times and that clock may jump. What it has
 * shown is remembered by the monotonic clock, so that nothing is taken for older than this process
 * has seen it grow. Of what was taken in before the start the wall clock alone knows.
 */
export class Ages {
  readonly #clock: Clock;
  #spans: Span[];
  #lookedMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lookedMs = clock.monotonicMs();
    this.#spans = [{ fromMs: Number.NEGATIVE_INFINITY, offsetMs: clock.wallMs() - this.#lookedMs }];
  }

  /** How many are remembered. */
  get spans(): number {
    return this.#spans.length;
  }

  /** Notices a jump: to be called about once a second. */
  look(): void {
    const nowMs = this.#clock.monotonicMs();
    const offsetMs = this.#clock.wallMs() - nowMs;
    const last = this.#spans.at(-1) as Span;
    if (Math.abs(offsetMs - last.offsetMs) > CLOCK_JUMP_MS) {
      // It may have come right after the last look.
      this.#spans.push({ fromMs: this.#lookedMs, offsetMs });
      this.#spans = this.#spans.slice(-CLOCK_SPANS_MAX);
    }
    this.#lookedMs = nowMs;
  }

  /** The earliest time the wall clock has shown of late: what came before it is older than `ageMs`. */
  takenInBefore(ageMs: number): number {
    this.look();
    const sinceMs = this.#clock.monotonicMs() - ageMs;
    const shown = this.#spans.map(({ fromMs, offsetMs }, i) => {
      const isOver = (this.#spans[i + 1]?.fromMs ?? Number.POSITIVE_INFINITY) < sinceMs;
      // The first one reaches back to before the start.
      const beginMs = i === 0 ? sinceMs : Math.max(fromMs, sinceMs);
      return isOver ? Number.POSITIVE_INFINITY : beginMs + offsetMs;
    });
    return Math.min(...shown);
  }
}
