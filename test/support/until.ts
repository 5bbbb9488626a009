import { PATIENCE_MS } from './eventually.ts';

/** Waits for something that other code brings about; fails when the time is up. */
export async function until(condition: () => boolean, timeoutMs = PATIENCE_MS): Promise<void> {
  const giveUpAtMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > giveUpAtMs)
      throw new Error(`not so within ${timeoutMs} ms: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
