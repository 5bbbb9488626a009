import { executionAsyncResource } from 'node:async_hooks';

const kept: object[] = [];

/**
 * Keeps one of the objects that `process.nextTick` makes, and with it their shape. V8 forgets a shape of
 * which nothing is alive when it collects, and a literal whose keys are computed, as this one's, stays
 * slow from then on: a call takes 430 ns instead of 60, in any process that was idle for a moment, and a
 * request makes six of them.
 */
export function keepTickObject(): void {
  process.nextTick(() => kept.push(executionAsyncResource()));
}
