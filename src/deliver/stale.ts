import type { Settlement, StaleSurvey } from '../queue/queue.ts';
import type { LaneContext, LaneSettings } from './lane-context.ts';
import { TROUBLE_RETRY_MS } from './limits.ts';
import type { Settler } from './settler.ts';
import type { Troubles } from './troubles.ts';
import type { Window } from './window.ts';

interface Parts {
  readonly lane: number;
  readonly window: Window;
  readonly settler: Settler;
  readonly context: LaneContext;
  readonly troubles: Troubles;
  readonly settings: () => LaneSettings;
  /** What was too old is given up, or could not be. */
  readonly onDone: () => void;
}

/**
 * Alerts that waited so long that a person is better served by one summary than by each. They are
 * not sent any more; when none of them is under way they are settled as counted gaps, together with
 * the summary. All others go on meanwhile.
 */
export class Stale {
  readonly #parts: Parts;
  #busy = false;
  /** What did not work, or left something over, is done again no sooner. */
  #againAtMs = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What was taken in before this time, on the wall clock, is too old. */
  beforeMs(): number {
    const { context, settings } = this.#parts;
    const { staleAfterMs } = settings();
    if (staleAfterMs === 0) return Number.NEGATIVE_INFINITY;
    return context.ages.takenInBefore(staleAfterMs);
  }

  /** Whether something of the window is too old. */
  isDue(): boolean {
    if (this.#parts.settings().staleAfterMs === 0) return false;
    const oldestMs = this.#parts.window.oldestReceivedAtMs();
    return oldestMs !== undefined && oldestMs < this.beforeMs();
  }

  /** Gives up what is too old, unless some of it is still under way. */
  giveUp(): void {
    const { window, context, onDone } = this.#parts;
    const beforeMs = this.beforeMs();
    const nowMs = context.clock.monotonicMs();
    if (this.#busy || nowMs < this.#againAtMs || window.isFlyingBefore(beforeMs)) return;
    this.#busy = true;
    this.#againAtMs = nowMs + TROUBLE_RETRY_MS;
    void this.#giveUp(beforeMs).finally(() => {
      this.#busy = false;
      onDone();
    });
  }

  async #giveUp(beforeMs: number): Promise<void> {
    const { lane, window, settler, context, troubles, settings } = this.#parts;
    await settler.finish();
    if (settler.isStuck) return;
    const cursors = window.cursors();
    const except = window.deliveredBeyond();
    const surveying = context.queue.surveyStale(lane, cursors, beforeMs, except);
    const survey = (await troubles.reading('survey of old alerts', surveying))?.value;
    if (survey === undefined || survey.gaps.length === 0) return;
    const settled = await settler.settle({
      lane,
      cursors: cursorsOver(survey, cursors, except),
      exceptions: [],
      retries: [],
      gaps: survey.gaps.map((gap) => ({ ...gap, reason: 'stale' as const })),
      regained: [],
      appends: [context.staleSummary({ id: lane, name: settings().name }, survey)],
    });
    if (!settled) return;
    const count = survey.gaps.reduce((sum, gap) => sum + gap.count, 0);
    context.observer.suppressed('stale', count);
  }
}

type Places = ReturnType<Window['cursors']>;

/** Where the cursors go, and what they pass that was delivered. */
function cursorsOver(
  { gaps }: StaleSurvey,
  cursors: Places,
  delivered: Places,
): Settlement['cursors'] {
  return cursors.flatMap(({ shard, n: from }) => {
    const to = gaps.findLast((gap) => gap.shard === shard)?.to ?? from;
    const passed = delivered.filter((place) => place.shard === shard && place.n <= to);
    return to === from ? [] : [{ shard, from, to, delivered: passed.length }];
  });
}
