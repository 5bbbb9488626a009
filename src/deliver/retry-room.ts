import type { LaneContext } from './lane-context.ts';
import { ROWS_GIVEN_UP_MAX } from './limits.ts';
import type { Retries } from './retries.ts';
import type { Settler } from './settler.ts';

interface Parts {
  readonly context: Pick<LaneContext, 'observer'>;
  readonly retries: Retries;
  readonly settler: Settler;
}

/**
 * Whether another alert may become a retry row. Where there is no room, what has failed longest beside
 * others makes some, or a lane whose window is full of alerts that fail would send no other for ever.
 * They are dead letters, which can be replayed.
 */
export function hasRetryRoom({ retries, settler, context }: Parts): boolean {
  for (let given = 0; retries.isFull() && given < ROWS_GIVEN_UP_MAX; given += 1) {
    const row = retries.longestFailing();
    if (row === undefined) return false;
    const { id, uuid, attempts, failingMs, reason } = row;
    const detail = `It failed ${attempts} times, and other alerts that fail needed its room.`;
    retries.end(id);
    settler.updateRetry({ id, attempts, failingMs, state: 'dead', reason, detail });
    context.observer.dead({ reason, detail, uuid });
  }
  return !retries.isFull();
}
