import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/deliver/clock.ts';

interface Task {
  readonly atMs: number;
  readonly order: number;
  readonly call: () => void;
}

/** A clock that stands still until the test moves it: days pass in no time, in a fixed order. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #wallOffsetMs = 1_800_000_000_000;
  #order = 0;
  #tasks: Task[] = [];

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs + this.#wallOffsetMs;
  }

  /** The wall clock jumps; the monotonic one does not. */
  jumpWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  after(delayMs: number, call: () => void): () => void {
    this.#order += 1;
    const task = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order, call };
    this.#tasks.push(task);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task);
    };
  }

  soon(call: () => void): void {
    this.after(0, call);
  }

  /** Resolves after this much virtual time. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.after(delayMs, resolve));
  }

  /** Lets `durationMs` pass: everything that falls due runs, each with what it sets off. */
  async run(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      await settlePromises();
      const next = this.#next();
      if (next === undefined || next.atMs > endMs) break;
      this.#tasks = this.#tasks.filter((task) => task !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.call();
    }
    this.#nowMs = endMs;
  }

  /** Forgets everything that was to happen: the process is gone. */
  clear(): void {
    this.#tasks = [];
  }

  #next(): Task | undefined {
    let next: Task | undefined;
    for (const task of this.#tasks) {
      if (next === undefined || task.atMs < next.atMs) next = task;
      else if (task.atMs === next.atMs && task.order < next.order) next = task;
    }
    return next;
  }
}

/** Promise callbacks run to the end before the next turn of the event loop. */
async function settlePromises(): Promise<void> {
  await nextTurn();
}
