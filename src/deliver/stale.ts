import type { Settlement } from '../queue/queue.ts';
import type { LaneContext } from './lane-context.ts';
import type { Settler } from './settler.ts';
import type { Window } from './window.ts';

/** Alerts that waited so long that a person is better served by one summary than by each. */

/** Whether the oldest alert of the window was taken in before `beforeMs`. */
export function oldestIsStale(window: Window, beforeMs: number): boolean {
  const oldest = window.oldestReceivedAtMs();
  return oldest !== undefined && oldest < beforeMs;
}

/**
 * Settles everything of the lane that was taken in before `beforeMs` as a counted gap, and the
 * summary that tells of it, in one transaction. Nothing of the lane may be under way.
 */
export async function giveUpStale(parts: {
  readonly lane: { readonly id: number; readonly name: string };
  readonly window: Window;
  readonly settler: Settler;
  readonly context: LaneContext;
  readonly beforeMs: number;
}): Promise<void> {
  const { lane, window, settler, context, beforeMs } = parts;
  await settler.finish();
  if (settler.isStuck) return;
  const cursors = window.cursors();
  const except = window.deliveredBeyond();
  const survey = await context.queue.surveyStale(lane.id, cursors, beforeMs, except);
  if (survey.gaps.length === 0) return;
  const settlement: Settlement = {
    lane: lane.id,
    cursors: cursors.flatMap(({ shard, n: from }) => {
      const to = survey.gaps.findLast((gap) => gap.shard === shard)?.to ?? from;
      const passed = except.filter((place) => place.shard === shard && place.n <= to);
      return to === from ? [] : [{ shard, from, to, delivered: passed.length }];
    }),
    exceptions: [],
    retries: [],
    gaps: survey.gaps.map((gap) => ({ ...gap, reason: 'stale' as const })),
    regained: [],
    appends: [context.staleSummary(lane, survey)],
  };
  const settled = await settler.settle(settlement);
  if (!settled) return;
  const count = survey.gaps.reduce((sum, gap) => sum + gap.count, 0);
  context.observer.suppressed('stale', count);
}
