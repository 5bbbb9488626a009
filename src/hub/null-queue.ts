import { PRIORITIES } from '../alert.ts';
import { type Queue, QueueError } from '../queue/queue.ts';

/**
 * What stands in where the queue directory cannot be used at all (a read-only root without a
 * volume): nothing is kept, every append says so, and alerts go to the outputs from memory.
 */
export function createNullQueue(reason: string): Queue {
  const refusal = (): QueueError =>
    new QueueError(
      'queue_unavailable',
      `Alerts cannot be kept on disk (${reason}). This one is sent on, but not promised.`,
      5000,
    );
  return {
    append: () => Promise.reject(refusal()),
    settle: () => Promise.reject(refusal()),
    read: (_lane, _shard, after) => ({ alerts: [], damaged: [], scannedTo: after }),
    exceptions: async () => [],
    exceptionAlert: async () => undefined,
    surveyStale: async () => ({ gaps: [], counts: [], oldestMs: 0, newestMs: 0 }),
    syncLanes: async (outputs) =>
      outputs.map(({ name, type }, i) => ({
        lane: { id: i + 1, name, type },
        cursors: PRIORITIES.map((_, shard) => ({ shard, n: 0 })),
        settled: [],
      })),
    head: () => 0,
    ledger: async () => [],
    close: async () => undefined,
  };
}
