/** Keeps one sender from starving the others: a token bucket, and a share of the recent bytes. */

export interface RateSettings {
  /** 0: no limit. */
  readonly alertsPerSecond: number;
  readonly burst: number;
  /** Part of the recent bytes one sender may hold while the queue is over half full; equals may hold more. */
  readonly shareMax: number;
}

interface Weighed {
  /** Bytes of late, each half as heavy after every ten minutes. */
  bytes: number;
  atMs: number;
}

interface Account extends Weighed {
  tokens: number;
}

const ACCOUNTS_MAX = 10_000;
const HALF_LIFE_MS = 10 * 60 * 1000;
const TIGHT_FILL = 0.5;
/** A sender that holds at least this part of what another one does is its equal. */
const EQUAL_SHARE = 2 / 3;
/** How much older than its account's last word an alert may be that was on its way to the disk. */
const OUT_OF_TURN_MS_MAX = 5 * 60 * 1000;

export type Ruling =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly code: 'rate_limited';
      readonly retryAfterMs: number;
    };

export class Fairness {
  /** The least recently heard first. */
  readonly #accounts = new Map<string, Account>();
  readonly #all: Weighed = { bytes: 0, atMs: 0 };
  /** Who was heard last, and so stands at the end of them. */
  #latest = '';

  /** Takes tokens for a request of `alerts` from a sender, or says when there will be some. */
  admit(sender: string, alerts: number, settings: RateSettings, nowMs: number): Ruling {
    const account = this.#account(sender, settings, nowMs);
    if (settings.alertsPerSecond === 0) return { allowed: true };
    // A request larger than the burst may pass when the bucket is full, or it never could.
    const needed = Math.min(alerts, settings.burst);
    if (account.tokens < needed) {
      const retryAfterMs = ((needed - account.tokens) / settings.alertsPerSecond) * 1000;
      return { allowed: false, code: 'rate_limited', retryAfterMs };
    }
    account.tokens -= alerts;
    return { allowed: true };
  }

  /**
   * Whether a sender holds more than its share while room is tight and others send, too. Of two of the
   * same pace one always holds over half: who has an equal takes nothing from anybody by being large,
   * and a part for each of them is all there is to share.
   */
  isOverShare(sender: string, settings: RateSettings, fill: number, nowMs: number): boolean {
    if (fill < TIGHT_FILL) return false;
    const own = this.#weight(this.#accounts.get(sender), nowMs);
    const all = this.#weight(this.#all, nowMs);
    // Both are rounded, each in its own way: others count from a whole byte.
    if (all - own < 1 || own <= all * settings.shareMax) return false;
    const equal = own * EQUAL_SHARE;
    return all - own < equal || !this.#isHeldByAnother(sender, equal, nowMs);
  }

  /** Bytes that were stored for a sender. */
  stored(sender: string, bytes: number, nowMs: number): void {
    for (const account of [this.#accounts.get(sender), this.#all]) {
      if (account === undefined) continue;
      account.bytes = this.#weight(account, nowMs) + bytes;
      account.atMs = nowMs;
    }
  }

  #isHeldByAnother(sender: string, bytes: number, nowMs: number): boolean {
    for (const [name, account] of this.#accounts) {
      // What it was worth at its time is no less than it is now, and costs nothing to look at.
      if (name === sender || account.bytes < bytes) continue;
      if (this.#weight(account, nowMs) >= bytes) return true;
    }
    return false;
  }

  #weight(account: Weighed | undefined, nowMs: number): number {
    if (account === undefined) return 0;
    const elapsedMs = nowMs - account.atMs;
    // A clock that was set back makes nothing heavier. What is stored out of turn is a little older.
    return elapsedMs === 0 || elapsedMs < -OUT_OF_TURN_MS_MAX
      ? account.bytes
      : account.bytes * 0.5 ** (elapsedMs / HALF_LIFE_MS);
  }

  #account(sender: string, settings: RateSettings, nowMs: number): Account {
    const known = this.#accounts.get(sender);
    const account = known ?? { tokens: settings.burst, bytes: 0, atMs: nowMs };
    const earned = ((nowMs - account.atMs) / 1000) * settings.alertsPerSecond;
    account.tokens = Math.min(settings.burst, account.tokens + Math.max(0, earned));
    account.bytes = this.#weight(account, nowMs);
    account.atMs = nowMs;
    if (sender !== this.#latest) this.#moveToEnd(sender, account);
    return account;
  }

  #moveToEnd(sender: string, account: Account): void {
    this.#latest = sender;
    this.#accounts.delete(sender);
    this.#accounts.set(sender, account);
    if (this.#accounts.size > ACCOUNTS_MAX) {
      const [oldest] = this.#accounts.keys();
      if (oldest !== undefined) this.#accounts.delete(oldest);
    }
  }
}
