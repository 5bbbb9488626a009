import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;
/** For a machine that is slow and busy: a test that holds never waits for it. */
export const PATIENCE_MS = 120_000;

/** Waits until `condition` holds, looking again and again; fails with `what` when the time is up. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const giveUpAtMs = performance.now() + timeoutMs;
  for (;;) {
    const startedMs = performance.now();
    if (await condition()) return othersSeeIt();
    const nowMs = performance.now();
    if (nowMs > giveUpAtMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    // A look that costs much must not take the time of what it waits for.
    await pause(Math.max(LOOK_EVERY_MS, nowMs - startedMs));
  }
}

/** The other end of a socket in this process hears of its end in the next turns of the loop. */
async function othersSeeIt(): Promise<void> {
  for (let turns = 0; turns < 2; turns += 1) await nextTurn();
}
