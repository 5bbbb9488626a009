import { getHeapStatistics } from 'node:v8';
import { giveBack } from '../give-back.ts';
import type { Keep } from './keep.ts';

/** When a hub gives back memory that it does not need: while nothing comes, for it takes a moment. */

export interface RestDeps {
  nowMs(): number;
  /** CPU time of the process so far. */
  cpuMs(): number;
  /** What the heap takes of the system, used or not. */
  heapBytes(): number;
  giveBack(): void;
}

/** After a start, until it is quiet for once. */
const FIRST_LOOK_MS = 500;
const LOOK_MS = 60_000;
/** Quiet is what takes less of one core than this, since the last look: a start has ended then. */
const FIRST_QUIET_SHARE = 0.2;
/** Some ten alerts a second. */
const QUIET_SHARE = 0.005;
/** Less is not worth the moment. */
const GROWN_BYTES = 8 * 1024 * 1024;

/**
 * Gives back what the start has taken as soon as it is quiet, and later whenever the heap has grown
 * since and it is quiet again. Returns what ends it.
 */
export function restWhenQuiet(deps: RestDeps): () => void {
  let lastMs = deps.nowMs();
  let lastCpuMs = deps.cpuMs();
  /** After it was last given back. */
  let restedBytes = Number.NEGATIVE_INFINITY;
  let timer = setTimeout(look, FIRST_LOOK_MS).unref();

  function hasRested(): boolean {
    return Number.isFinite(restedBytes);
  }

  function look(): void {
    const [nowMs, cpuMs] = [deps.nowMs(), deps.cpuMs()];
    const share = (cpuMs - lastCpuMs) / Math.max(1, nowMs - lastMs);
    lastMs = nowMs;
    lastCpuMs = cpuMs;
    const isQuiet = share < (hasRested() ? QUIET_SHARE : FIRST_QUIET_SHARE);
    if (isQuiet && deps.heapBytes() >= restedBytes + GROWN_BYTES) {
      deps.giveBack();
      restedBytes = deps.heapBytes();
    }
    timer = setTimeout(look, hasRested() ? LOOK_MS : FIRST_LOOK_MS).unref();
  }

  return () => clearTimeout(timer);
}

/** The same for this process: its heap, and the threads of its queue. */
export function restOf({ sqlite }: Pick<Keep, 'sqlite'>): () => void {
  return restWhenQuiet({
    nowMs: () => performance.now(),
    cpuMs() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    heapBytes: () => getHeapStatistics().total_heap_size,
    giveBack() {
      giveBack();
      // A thread that died says so by itself.
      sqlite?.giveBack().catch(() => undefined);
    },
  });
}
