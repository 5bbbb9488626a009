import { setTimeout as sleep } from 'node:timers/promises';
import type { Metrics } from '../../observe/metrics.ts';
import type { Admission, ItemResult, Sender } from '../admission.ts';
import { DocumentError } from '../body.ts';
import type { Log } from '../log.ts';

export interface HandOverDeps {
  /** The input's name. */
  readonly name: string;
  readonly sender: Sender;
  readonly admission: Admission;
  /** Whether more would make the queue give up what waits in it. */
  readonly isFull: () => Promise<boolean>;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Aborted when the hub stops, or the input is no longer configured. */
  readonly stopping: AbortSignal;
}

const BATCH_MAX = 1000;
const FULL_WAIT_MS = 1000;
const WAIT_MS_MIN = 50;
const WAIT_MS_MAX = 30_000;
const TELL_EVERY_MS = 60_000;
/** What a hub that is short of room wants later. */
const LATER = 'sender_share';

/** Brings what a file says into the queue, waiting for room there as long as it takes. */
export class HandOver {
  readonly #deps: HandOverDeps;
  /** When each code was last told. */
  readonly #toldAtMs = new Map<string, number>();
  #waitsFor: string | undefined;

  constructor(deps: HandOverDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves when all are on disk or refused for good; rejects when the hub stops before, and tells
   * how many are then neither.
   */
  async take(
    documents: readonly unknown[],
    onLeft: (count: number) => void = () => undefined,
  ): Promise<void> {
    const alerts = documents.filter((one) => !(one instanceof DocumentError));
    for (const one of documents) {
      if (one instanceof DocumentError) this.refuse(one.code, one.message);
    }
    let left = alerts.length;
    try {
      for (let from = 0; from < alerts.length; from += BATCH_MAX) {
        const batch = alerts.slice(from, from + BATCH_MAX);
        await this.#admit(batch, (settled) => (left -= settled));
      }
    } catch (error) {
      onLeft(left);
      throw error;
    }
  }

  /** Something that is no alert, and never will be. */
  refuse(code: string, message: string): void {
    const { metrics, name, sender, log } = this.#deps;
    // Programs say other things, too, on the same stream.
    const isNoise = code === 'not_an_alert';
    metrics.lines.inc({ name, result: isNoise ? 'no_alert' : 'rejected' });
    if (isNoise) return;
    metrics.rejected.inc({ input: sender.input, code });
    const nowMs = performance.now();
    if (nowMs - (this.#toldAtMs.get(code) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY_MS) return;
    this.#toldAtMs.set(code, nowMs);
    log.warn({ input: name, code, detail: message }, 'A line is no alert.');
  }

  async #admit(documents: readonly unknown[], onSettled: (count: number) => void): Promise<void> {
    const { admission, sender, stopping, isFull } = this.#deps;
    let waiting = documents;
    while (waiting.length > 0) {
      stopping.throwIfAborted();
      if (await isFull()) {
        await this.#wait(FULL_WAIT_MS, 'queue_full');
        continue;
      }
      const result = await admission.admit(waiting, sender);
      if (result.outcome === 'refused') {
        await this.#wait(result.retryAfterMs, result.code);
        continue;
      }
      const later = this.#settle(waiting, result.items);
      onSettled(waiting.length - later.length);
      waiting = later;
      if (waiting.length > 0) await this.#wait(FULL_WAIT_MS, LATER);
    }
    this.#goOn();
  }

  /** What is to be handed over again. */
  #settle(documents: readonly unknown[], items: readonly ItemResult[]): readonly unknown[] {
    const { metrics, name } = this.#deps;
    const later: unknown[] = [];
    let taken = 0;
    for (const [at, item] of items.entries()) {
      if (item.outcome !== 'rejected') taken += 1;
      else if (item.code === LATER) later.push(documents[at]);
      else this.refuse(item.code, item.message);
    }
    metrics.lines.inc({ name, result: 'alert' }, taken);
    return later;
  }

  async #wait(waitMs: number, why: string): Promise<void> {
    const { log, name, stopping } = this.#deps;
    if (this.#waitsFor !== why) {
      log.warn({ input: name, code: why }, 'The queue takes nothing now: reading waits.');
    }
    this.#waitsFor = why;
    const boundedMs = Math.min(Math.max(waitMs, WAIT_MS_MIN), WAIT_MS_MAX);
    await sleep(boundedMs, undefined, { signal: stopping });
  }

  #goOn(): void {
    if (this.#waitsFor === undefined) return;
    this.#waitsFor = undefined;
    this.#deps.log.info(
      { input: this.#deps.name },
      'The queue takes alerts again: reading goes on.',
    );
  }
}
