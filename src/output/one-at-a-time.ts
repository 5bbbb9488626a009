/**
 * Runs one piece of work at a time, for destinations where work that has begun cannot be called back:
 * a write to a pipe nobody reads, a disk that hangs. A caller whose signal aborts stops waiting; the
 * work it began goes on, and whoever comes next waits for it. So at most one batch is ever held in
 * memory, however often the engine tries again.
 *
 * Rejects with the signal's reason when it aborts first.
 */
export function oneAtATime(): <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(signal: AbortSignal, work: () => Promise<T>) => {
    const run = last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    last = run.catch(() => undefined);
    return abortable(run, signal);
  };
}

/** The promise, or a rejection with the reason of the signal when that aborts first. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
