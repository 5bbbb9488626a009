import type { StoredAlert } from '../queue/queue.ts';
import { type Entry, newEntry } from './entry.ts';
import { UNKEPT_ALERTS_MAX, UNKEPT_BYTES_MAX } from './limits.ts';

/**
 * Alerts that could not be kept on disk and were answered 503: they go to the outputs all the same,
 * from a bounded memory, without any promise. The oldest go first when it is full.
 */
export class Unkept {
  #entries: Entry[] = [];
  #bytes = 0;

  get size(): number {
    return this.#entries.length;
  }

  /** Returns how many had to go for it. */
  offer(alert: StoredAlert, nowMs: number): number {
    this.#entries.push(newEntry(alert, undefined, nowMs));
    this.#bytes += alert.json.length;
    let dropped = 0;
    while (this.#entries.length > UNKEPT_ALERTS_MAX || this.#bytes > UNKEPT_BYTES_MAX) {
      const oldest = this.#entries.shift();
      if (oldest === undefined) break;
      this.#bytes -= oldest.stored.json.length;
      dropped += 1;
    }
    return dropped;
  }

  candidates(nowMs: number): Entry[] {
    return this.#entries.filter((entry) => entry.state === 'pending' && entry.notBeforeMs <= nowMs);
  }

  /** Forgets all: returns how many were not delivered. */
  clear(): number {
    const lost = this.#entries.filter((entry) => entry.state !== 'delivered').length;
    this.#entries = [];
    this.#bytes = 0;
    return lost;
  }

  /** Takes out what was delivered, and what failed too often: returns the count of the latter. */
  sweep(): number {
    const before = this.#entries.length;
    const open = this.#entries.filter(
      (entry) => entry.state === 'pending' || entry.state === 'flying',
    );
    const delivered = this.#entries.filter((entry) => entry.state === 'delivered').length;
    this.#entries = open;
    this.#bytes = this.#entries.reduce((sum, entry) => sum + entry.stored.json.length, 0);
    return before - delivered - this.#entries.length;
  }
}
