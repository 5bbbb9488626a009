/** Time as the engine sees it, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds that only ever go forward, whatever the wall clock does. */
  monotonicMs(): number;
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** Calls once after `delayMs`; the result takes it back. */
  after(delayMs: number, call: () => void): () => void;
  /** Calls once when what is under way now is done. */
  soon(call: () => void): void;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
  soon: (call) => void setImmediate(call),
};
