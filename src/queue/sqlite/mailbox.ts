import { type NewAlert, QueueError, type Settlement, type SettleResult } from '../queue.ts';
import { packAlerts, Texts } from './packed.ts';
import { diskFault } from './disk.ts';
import type { CursorMove } from './state.ts';
import type { CommitReply, CommitRequest } from './store.ts';
import { type Thread, ThreadFailure } from './thread.ts';

/** Bounds of one commit. A larger single request goes alone: it is all or nothing. */
const COMMIT_ALERTS_MAX = 2000;
const COMMIT_BYTES_MAX = 8 * 1024 * 1024;
/** Text that may wait for a commit; beyond it senders are asked to come back. */
const WAITING_BYTES_MAX = 32 * 1024 * 1024;
/** A commit of at least this many alerts shows load: the next one lingers. */
const LOADED_ALERTS = 4;
const LINGER_MS = 2;
/** Progress that may wait is written with the alerts that come meanwhile, which saves a flush. */
const PROGRESS_LINGER_MS = 10;

interface WaitingAppend {
  readonly alerts: readonly NewAlert[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface WaitingSettle {
  readonly settlement: Settlement;
  readonly mayWait: boolean;
  resolve(result: SettleResult): void;
  reject(error: Error): void;
}

export interface MailboxHooks {
  /** Alerts that are on disk now. */
  readonly onStored: (alerts: readonly NewAlert[], firstN: number) => void;
  /** Cursors the writer moved by itself. Told before any settlement's result. */
  onMoves(moves: readonly CursorMove[]): void;
  onUsage(usedBytes: number, deadDropped: number): void;
  /** A commit failed because of the disk, or works again. */
  onDisk(fault: ReturnType<typeof diskFault>, message: string): void;
}

/**
 * Group commit: what waits at a moment goes to the writer as one transaction. While one is under
 * way the next gathers; under load it lingers a moment longer, since the hand-over to the writer
 * costs the same for 1 alert and for 100.
 */
export class Mailbox {
  readonly #writer: Thread;
  readonly #hooks: MailboxHooks;
  /** For one commit at a time. */
  readonly #texts = new Texts();
  #appends: WaitingAppend[] = [];
  #settles: WaitingSettle[] = [];
  #waitingBytes = 0;
  #lastAlerts = 0;
  #committing: Promise<void> | undefined;
  /** The next commit, if it is only waited for. */
  #scheduled: { readonly delayMs: number; cancel(): void } | undefined;
  #closed = false;

  constructor(writer: Thread, hooks: MailboxHooks) {
    this.#writer = writer;
    this.#hooks = hooks;
  }

  append(alerts: readonly NewAlert[]): Promise<void> {
    let bytes = 0;
    for (const alert of alerts) bytes += alert.json.length;
    if (this.#closed) return Promise.reject(closedError());
    if (this.#waitingBytes + bytes > WAITING_BYTES_MAX && this.#waitingBytes > 0) {
      return Promise.reject(
        new QueueError('queue_busy', 'Too much waits for the disk. Send again later.', 1000),
      );
    }
    this.#waitingBytes += bytes;
    return new Promise((resolve, reject) => {
      this.#appends.push({ alerts, bytes, resolve, reject });
      this.#schedule();
    });
  }

  settle(settlement: Settlement, mayWait = false): Promise<SettleResult> {
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#settles.push({ settlement, mayWait, resolve, reject });
      this.#schedule();
    });
  }

  /** Writes what waits, then takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#committing !== undefined || this.#waits()) {
      this.#flush();
      await (this.#committing ?? new Promise((resolve) => setImmediate(resolve)));
    }
  }

  #waits(): boolean {
    return this.#appends.length + this.#settles.length > 0;
  }

  #schedule(): void {
    if (this.#committing !== undefined) return;
    const delayMs = this.#delayMs();
    if (this.#scheduled !== undefined && this.#scheduled.delayMs <= delayMs) return;
    this.#scheduled?.cancel();
    const cancel = after(delayMs, () => this.#flush());
    this.#scheduled = { delayMs, cancel };
  }

  /** Nothing lingers while little comes. */
  #delayMs(): number {
    if (this.#lastAlerts < LOADED_ALERTS) return 0;
    if (this.#appends.length > 0) return LINGER_MS;
    return this.#settles.every(({ mayWait }) => mayWait) ? PROGRESS_LINGER_MS : 0;
  }

  #flush(): void {
    this.#scheduled?.cancel();
    this.#scheduled = undefined;
    if (this.#committing !== undefined || !this.#waits()) return;
    const batch = this.#takeAppends();
    const settling = this.#settles;
    this.#settles = [];
    this.#committing = this.#commit(batch, settling).finally(() => {
      this.#committing = undefined;
      if (this.#waits()) this.#schedule();
    });
  }

  #takeAppends(): WaitingAppend[] {
    let alerts = 0;
    let bytes = 0;
    let count = 0;
    for (const append of this.#appends) {
      const full = alerts + append.alerts.length > COMMIT_ALERTS_MAX;
      if (count > 0 && (full || bytes + append.bytes > COMMIT_BYTES_MAX)) break;
      alerts += append.alerts.length;
      bytes += append.bytes;
      count += 1;
    }
    const taken = this.#appends.slice(0, count);
    this.#appends = this.#appends.slice(count);
    // A commit of nothing but progress says nothing of what comes.
    if (count > 0) this.#lastAlerts = alerts;
    return taken;
  }

  async #commit(batch: WaitingAppend[], settling: WaitingSettle[]): Promise<void> {
    const alerts = batch.flatMap((one) => one.alerts);
    try {
      const request = requestOf(alerts, settling, this.#texts);
      const reply = await this.#writer.call<CommitReply>('commit', request, Date.now());
      this.#hooks.onDisk(undefined, '');
      this.#tellStored(reply, alerts, settling);
      this.#answer(reply, batch, settling);
    } catch (error) {
      this.#fail(error as Error, batch, settling);
    } finally {
      this.#texts.clear();
      for (const append of batch) this.#waitingBytes -= append.bytes;
    }
  }

  /** In the order of the numbers: settlements stand first in a commit. */
  #tellStored(
    { append, settled }: CommitReply,
    alerts: readonly NewAlert[],
    settling: readonly WaitingSettle[],
  ): void {
    const { onStored } = this.#hooks;
    settling.forEach(({ settlement: { appends } }, i) => {
      const firstN = settled[i]?.firstN;
      if (firstN !== undefined) onStored(appends, firstN);
    });
    if (append !== undefined && 'firstN' in append) onStored(alerts, append.firstN);
  }

  #answer(reply: CommitReply, batch: WaitingAppend[], settling: WaitingSettle[]): void {
    if (reply.append !== undefined) answerAppends(reply.append, batch);
    this.#hooks.onMoves(reply.moves);
    this.#hooks.onUsage(reply.usedBytes, reply.deadDropped);
    settling.forEach((waiting, i) => {
      const { result, error } = reply.settled[i] as CommitReply['settled'][number];
      if (result === undefined) waiting.reject(new Error(error));
      else waiting.resolve(result);
    });
  }

  #fail(error: Error, batch: WaitingAppend[], settling: WaitingSettle[]): void {
    const fault = error instanceof ThreadFailure ? diskFault(error.sqliteCode) : undefined;
    this.#hooks.onDisk(fault ?? 'io', error.message);
    const refusal = new QueueError(
      'queue_unavailable',
      `The queue cannot write (${fault ?? 'failure'}). The alert is not kept; send again later.`,
      5000,
    );
    for (const append of batch) append.reject(refusal);
    for (const settle of settling) settle.reject(error);
  }
}

function after(delayMs: number, call: () => void): () => void {
  if (delayMs > 0) {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  }
  const immediate = setImmediate(call);
  return () => clearImmediate(immediate);
}

function answerAppends(
  append: NonNullable<CommitReply['append']>,
  batch: readonly WaitingAppend[],
): void {
  for (const { resolve, reject } of batch) {
    if ('refused' in append) reject(fullError());
    else resolve();
  }
}

function requestOf(
  alerts: readonly NewAlert[],
  settling: readonly WaitingSettle[],
  texts: Texts,
): CommitRequest {
  return {
    packed: alerts.length === 0 ? undefined : packAlerts(alerts, texts),
    settlements: settling.map(({ settlement: { appends: own, ...settlement } }) => ({
      settlement,
      appends: own.length === 0 ? undefined : packAlerts(own, texts),
    })),
  };
}

function fullError(): QueueError {
  return new QueueError(
    'queue_full',
    'The queue is full, and nothing in it may be given up. Send again later.',
    5000,
  );
}

function closedError(): QueueError {
  return new QueueError('queue_closed', 'The hub is stopping. Send again to another one.', 1000);
}
