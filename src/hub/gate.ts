import type { Admission, AdmitResult, Sender } from '../ingest/admission.ts';

/** How long an alert waits for a hub that is still opening its queue. */
const START_WAIT_MS = 10_000;

/**
 * The admission the doors get: they open first, so that probes are answered at once, and alerts that
 * come before the queue is open wait for it.
 */
export class Gate implements Admission {
  readonly #opening: Promise<Admission>;
  #open: ((admission: Admission) => void) | undefined;
  #admission: Admission | undefined;

  constructor() {
    this.#opening = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(admission: Admission): void {
    this.#admission = admission;
    this.#open?.(admission);
  }

  admit(documents: readonly unknown[], sender: Sender): Promise<AdmitResult> {
    return this.#admission === undefined
      ? this.#wait(documents, sender)
      : this.#admission.admit(documents, sender);
  }

  async #wait(documents: readonly unknown[], sender: Sender): Promise<AdmitResult> {
    const waiting = new AbortController();
    const tooLate = new Promise<undefined>((resolve) => {
      const timer = setTimeout(resolve, START_WAIT_MS, undefined);
      waiting.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    });
    const admission = await Promise.race([this.#opening, tooLate]);
    waiting.abort();
    if (admission !== undefined) return admission.admit(documents, sender);
    const message = 'The hub is still starting. Send again.';
    return { outcome: 'refused', code: 'starting', message, retryAfterMs: 1000 };
  }
}
