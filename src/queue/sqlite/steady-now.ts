/** The clocks a process has. */
interface Clocks {
  /** Milliseconds since 1970, as the wall clock has it now. */
  readonly wallMs: number;
  /** The same when the process began. */
  readonly beganMs: number;
  /** How long ago that was, on a clock that never jumps. */
  readonly sinceMs: number;
}

/**
 * Now, in milliseconds since 1970, but no later than this process has seen time go by: a wall clock
 * that jumps ahead ends no time of grace.
 */
export function steadyNowMs(
  { wallMs, beganMs, sinceMs }: Clocks = {
    wallMs: Date.now(),
    beganMs: performance.timeOrigin,
    sinceMs: performance.now(),
  },
): number {
  return Math.min(wallMs, beganMs + sinceMs);
}
