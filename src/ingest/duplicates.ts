/**
 * Resends recognised: the same uuid, the same content, the same sender. Another alert under a known
 * uuid is no duplicate, or an attacker could hide an alert behind an earlier one of his own.
 */

export const WINDOW_MS = 15 * 60 * 1000;
const ENTRIES_MAX = 100_000;

interface Seen {
  readonly key: string;
  readonly sender: string;
  readonly atMs: number;
}

export type Verdict = 'new' | 'duplicate' | 'reused';

export class Duplicates {
  /** In the order of arrival, so the first is the oldest. */
  readonly #seen = new Map<string, Seen>();

  /** `reused`: the uuid is known with other content. */
  judge(uuid: string, key: string, sender: string, nowMs: number): Verdict {
    const seen = this.#seen.get(uuid);
    if (seen === undefined || nowMs - seen.atMs > WINDOW_MS) return 'new';
    if (seen.key !== key) return 'reused';
    return seen.sender === sender ? 'duplicate' : 'new';
  }

  /** Only what is on disk counts as seen: a refused alert is sent again, and must be let in. */
  remember(uuid: string, key: string, sender: string, nowMs: number): void {
    this.#seen.delete(uuid);
    this.#seen.set(uuid, { key, sender, atMs: nowMs });
    for (const [oldest, { atMs }] of this.#seen) {
      if (this.#seen.size <= ENTRIES_MAX && nowMs - atMs <= WINDOW_MS) break;
      this.#seen.delete(oldest);
    }
  }
}
