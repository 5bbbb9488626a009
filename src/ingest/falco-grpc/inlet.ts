import { setTimeout as pause } from 'node:timers/promises';
import type { Admission, AdmitResult, Sender } from '../admission.ts';
import type { Log } from '../log.ts';

/** What may wait for the disk before the stream is no longer read: Falco's own queue takes the rest. */
const ALERTS_MAX = 512;
const BYTES_MAX = 8 * 1024 * 1024;
/** Alerts stored together. */
const GROUP_MAX = 256;
const RETRY_MS = { min: 100, max: 30_000, share: 5000 } as const;

interface Waiting {
  readonly document: unknown;
  readonly bytes: number;
}

interface InletDeps {
  readonly admission: Admission;
  readonly sender: Sender;
  readonly onRejected: (rejected: { code: string; alerts: number; sender: Sender }) => void;
  /** There is room for more. */
  readonly onRoom: () => void;
  readonly log: Log;
}

/**
 * Between a stream and the disk. Falco never sends again, so what was read is offered until it is
 * taken; the stream waits meanwhile.
 */
export class Inlet {
  readonly #deps: InletDeps;
  readonly #waiting: Waiting[] = [];
  readonly #closing = new AbortController();
  #bytes = 0;
  #groupMax = GROUP_MAX;
  #draining: Promise<void> | undefined;

  constructor(deps: InletDeps) {
    this.#deps = deps;
  }

  get isFull(): boolean {
    return this.#waiting.length >= ALERTS_MAX || this.#bytes >= BYTES_MAX;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  take(document: unknown, bytes: number): void {
    this.#waiting.push({ document, bytes });
    this.#bytes += bytes;
    this.#draining ??= this.#drain();
  }

  /** Returns how many alerts could not be stored in time: nobody has them any more. */
  async close(graceMs: number): Promise<number> {
    const late = pause(graceMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    await Promise.race([this.#draining, late]);
    this.#closing.abort();
    await this.#draining;
    return this.#waiting.length;
  }

  async #drain(): Promise<void> {
    // What comes in the same moment is stored together.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#closing.signal.aborted) {
      const waitMs = await this.#store(this.#waiting.slice(0, this.#groupMax));
      if (!this.isFull) this.#deps.onRoom();
      if (waitMs > 0) await this.#pause(waitMs);
    }
    this.#draining = undefined;
  }

  /** Returns how long to wait before the next attempt. */
  async #store(group: readonly Waiting[]): Promise<number> {
    const { admission, sender } = this.#deps;
    const documents = group.map(({ document }) => document);
    let result: AdmitResult;
    try {
      result = await admission.admit(documents, sender);
    } catch (error) {
      this.#deps.log.error({ err: error }, 'alerts of a Falco could not be taken');
      return RETRY_MS.max;
    }
    if (result.outcome === 'refused') {
      // A group may be more than a sender's rate lets through at once.
      this.#groupMax = Math.max(1, Math.floor(this.#groupMax / 2));
      return Math.min(RETRY_MS.max, Math.max(RETRY_MS.min, result.retryAfterMs));
    }
    this.#groupMax = GROUP_MAX;
    const { items } = result;
    const given = group.filter((_, at) => this.#isGivenBack(items[at]));
    this.#waiting.splice(0, group.length, ...given);
    this.#bytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    return given.length > 0 ? RETRY_MS.share : 0;
  }

  /** Refused for the room it takes, and not for what it is: it is offered again. */
  #isGivenBack(item: (AdmitResult & { outcome: 'stored' })['items'][number] | undefined): boolean {
    if (item?.outcome !== 'rejected') return false;
    if (item.code === 'sender_share') return true;
    const { onRejected, sender } = this.#deps;
    onRejected({ code: item.code, alerts: 1, sender });
    return false;
  }

  async #pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }
}
