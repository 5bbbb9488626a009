import {
  GROUP_ALERTS_MAX,
  GROUP_BYTES_MAX,
  WINDOW_ALERTS_MAX,
  WINDOW_BYTES_MAX,
  WINDOWS_BYTES_MAX,
} from './limits.ts';

/** One request, and how to ask for the one after it. */
export interface Incoming {
  readonly bytes: Buffer;
  next(): void;
}

/** Counts what all streams together have under way. */
export interface Budget {
  bytes: number;
}

export interface Window {
  readonly add: (incoming: Incoming) => void;
  /** The sender has no more: `take` hands out what is there, then nothing. */
  readonly end: () => void;
  /** Hands out nothing more: what is not taken yet is the sender's to send again. */
  readonly stop: () => void;
  /** Waits for requests that can be stored together. Undefined: there will be none any more. */
  take(): Promise<readonly Buffer[] | undefined>;
  /** Requests of these sizes, in bytes, are settled: there is room for as many. */
  settled(sizes: readonly number[]): void;
  /** While held, nothing more is read. */
  hold(isHeld: boolean): void;
  /** Looks again whether there is room. */
  readonly readOn: () => void;
  /** How many alerts beyond the last acknowledged one may be under way. */
  readonly credit: () => number;
  /** Gives back what is still counted; the last call. */
  dispose(): void;
}

/**
 * What a stream has sent and the hub has not settled. It asks for the next request only while there
 * is room, so that the rest stays with the sender, held back by HTTP/2.
 */
export function createWindow(budget: Budget, mayRead: () => boolean): Window {
  const tally = createTally(budget);
  const waiting: Buffer[] = [];
  const state = { isEnded: false, isStopped: false, isHeld: false };
  let askNext: (() => void) | undefined;
  let wake: (() => void) | undefined;

  function readOn(): void {
    if (state.isHeld || state.isStopped || !mayRead() || !tally.hasRoom()) return;
    const ask = askNext;
    askNext = undefined;
    ask?.();
  }

  function close(change: Partial<typeof state>): void {
    Object.assign(state, change);
    wake?.();
  }

  return {
    add(incoming) {
      if (state.isStopped) return;
      waiting.push(incoming.bytes);
      tally.count([incoming.bytes.length], 1);
      askNext = () => incoming.next();
      wake?.();
      readOn();
    },
    end: () => close({ isEnded: true }),
    stop: () => close({ isStopped: true }),
    async take() {
      while (waiting.length === 0 && !state.isEnded && !state.isStopped) {
        const arrival = Promise.withResolvers<void>();
        wake = arrival.resolve;
        await arrival.promise;
      }
      if (waiting.length === 0 || state.isStopped) return undefined;
      return waiting.splice(0, groupLength(waiting));
    },
    settled(sizes) {
      tally.count(sizes, -1);
      readOn();
    },
    hold(isHeld) {
      state.isHeld = isHeld;
      readOn();
    },
    readOn,
    credit: () => (state.isHeld ? 0 : tally.credit()),
    dispose: () => tally.clear(),
  };
}

/** What an object costs beside its bytes, so that empty requests are not free. */
const OVERHEAD_BYTES = 256;

interface Tally {
  count(sizes: readonly number[], sign: 1 | -1): void;
  hasRoom(): boolean;
  credit(): number;
  clear(): void;
}

/** A stream that has nothing under way may always read one request, whatever the others hold. */
function createTally(budget: Budget): Tally {
  let alerts = 0;
  let bytes = 0;

  function hasRoom(): boolean {
    if (alerts === 0) return true;
    const isWindowOpen = alerts < WINDOW_ALERTS_MAX && bytes < WINDOW_BYTES_MAX;
    return isWindowOpen && budget.bytes < WINDOWS_BYTES_MAX;
  }

  return {
    count(sizes, sign) {
      const size = sizes.reduce((sum, length) => sum + length + OVERHEAD_BYTES, 0);
      alerts += sign * sizes.length;
      bytes += sign * size;
      budget.bytes += sign * size;
    },
    hasRoom,
    credit: () => (hasRoom() ? WINDOW_ALERTS_MAX : alerts),
    clear() {
      budget.bytes -= bytes;
      bytes = 0;
    },
  };
}

/** How many of the first requests go together; never less than one. */
function groupLength(requests: readonly Buffer[]): number {
  let bytes = 0;
  const end = requests.findIndex((request, index) => {
    bytes += request.length;
    return index === GROUP_ALERTS_MAX || (index > 0 && bytes > GROUP_BYTES_MAX);
  });
  return end === -1 ? requests.length : end;
}
