import { closeThread, startThread, type Thread, ThreadFailure } from './thread.ts';

export interface ReadingOptions {
  readonly directory: string;
  readonly writer: Thread;
  /** The thread died after it had worked. */
  onDeath(error: Error): void;
  /** Without a call for so long it ends. */
  readonly idleMs?: number;
  /** Its file, without the extension, as seen from this one. */
  readonly file?: string;
}

const IDLE_MS = 5 * 60_000;
/** As many in a minute are too many for the writer to fold the log by itself. */
const BUSY_ALERTS = 300;
const MINUTE_MS = 60_000;

interface Running {
  readonly thread: Thread;
  calls: number;
  usedAtMs: number;
  hasAnswered: boolean;
  looking: NodeJS.Timeout | undefined;
}

/**
 * The reading thread, which runs only while it is needed: by a lane that is behind, by an operator, or
 * by the log, when so much comes that folding it would keep the writer. It takes 8 MB.
 */
export class Reading {
  readonly #options: ReadingOptions;
  readonly #ending = new Set<Promise<void>>();
  #running: Running | undefined;
  #minute = { startedAtMs: performance.now(), alerts: 0 };
  #isClosed = false;

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  /** Starts the thread where it does not run. A start that fails rejects, and the next call tries again. */
  async call<T>(name: string, ...args: readonly unknown[]): Promise<T> {
    const running = this.#use();
    running.calls += 1;
    try {
      const value = await running.thread.call<T>(name, ...args);
      running.hasAnswered = true;
      return value;
    } catch (error) {
      if (error instanceof ThreadFailure) running.hasAnswered = true;
      throw error;
    } finally {
      running.calls -= 1;
      running.usedAtMs = performance.now();
    }
  }

  /** What takes a moment only: by the writer where the thread does not run, and none is started for it. */
  quick<T>(name: string, ...args: readonly unknown[]): Promise<T> {
    const thread = this.#running?.thread ?? this.#options.writer;
    return thread.call(name, ...args);
  }

  stored(alerts: number): void {
    const nowMs = performance.now();
    if (nowMs - this.#minute.startedAtMs > MINUTE_MS) {
      this.#minute = { startedAtMs: nowMs, alerts: 0 };
    }
    this.#minute.alerts += alerts;
    if (this.#minute.alerts < BUSY_ALERTS || this.#isClosed) return;
    this.#minute = { startedAtMs: nowMs, alerts: 0 };
    try {
      this.#use();
    } catch {
      // The system has no thread to give: the writer goes on folding, and it is tried again.
    }
  }

  async giveBack(): Promise<void> {
    await this.#running?.thread.call('giveBack');
  }

  /** Waits for the last answers; no call is taken any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#running !== undefined) this.#end(this.#running);
    await Promise.all(this.#ending);
  }

  #use(): Running {
    if (this.#isClosed) throw new Error('The queue is closed.');
    this.#running ??= this.#start();
    this.#running.usedAtMs = performance.now();
    return this.#running;
  }

  #start(): Running {
    const { directory, file = 'reader', idleMs = IDLE_MS } = this.#options;
    const thread = startThread(file, { directory }, (error) => this.#died(started, error));
    const looking = setInterval(() => this.#look(started, idleMs), idleMs / 2).unref();
    const started: Running = { thread, calls: 0, usedAtMs: 0, hasAnswered: false, looking };
    this.#tellWriter(true);
    return started;
  }

  #look(running: Running, idleMs: number): void {
    if (running.calls === 0 && performance.now() - running.usedAtMs >= idleMs) this.#end(running);
  }

  #end(running: Running): void {
    if (!this.#leave(running)) return;
    const ended = closeThread(running.thread).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  /** One that could not even start is a matter of who asked: a lane tries again later. */
  #died(running: Running, error: Error): void {
    if (this.#leave(running) && running.hasAnswered) this.#options.onDeath(error);
  }

  /** The next call starts another. False: it was left before. */
  #leave(running: Running): boolean {
    clearInterval(running.looking);
    if (this.#running !== running) return false;
    this.#running = undefined;
    this.#tellWriter(false);
    return true;
  }

  #tellWriter(readerRuns: boolean): void {
    // A writer that died has said so, and everything ends.
    this.#options.writer.call('readerRuns', readerRuns).catch(() => undefined);
  }
}
