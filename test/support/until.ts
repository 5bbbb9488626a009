/** Waits for something that other code brings about; fails after a few seconds. */
export async function until(condition: () => boolean, timeoutMs = 5000): Promise<void> {
  const giveUpAtMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > giveUpAtMs)
      throw new Error(`not so within ${timeoutMs} ms: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
