import type { Clock } from './clock.ts';
import { TROUBLE_RETRY_MS } from './limits.ts';

/**
 * What of its own disk a lane cannot read or write, by what it wanted: told when the first begins,
 * and when the last is over. Each is tried again a while later, so that a page that cannot be read
 * costs little and holds up nothing else.
 */
export class Troubles {
  readonly #clock: Clock;
  readonly #tell: (message: string | undefined) => void;
  /** When each was last met. */
  readonly #metAtMs = new Map<string, number>();

  constructor(clock: Clock, tell: (message: string | undefined) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  get any(): boolean {
    return this.#metAtMs.size > 0;
  }

  met(what: string, error: unknown): void {
    const isFirst = !this.any;
    this.#metAtMs.set(what, this.#clock.monotonicMs());
    if (isFirst) this.#tell((error as Error).message);
  }

  over(what: string): void {
    if (this.#metAtMs.delete(what) && !this.any) this.#tell(undefined);
  }

  /** Whether it is too early to try again. */
  isFresh(what: string): boolean {
    const metAtMs = this.#metAtMs.get(what);
    return metAtMs !== undefined && this.#clock.monotonicMs() < metAtMs + TROUBLE_RETRY_MS;
  }

  /** What was read, or undefined where it could not be. */
  async reading<T>(what: string, reading: Promise<T>): Promise<{ readonly value: T } | undefined> {
    try {
      const value = await reading;
      this.over(what);
      return { value };
    } catch (error) {
      this.met(what, error);
      return undefined;
    }
  }
}
