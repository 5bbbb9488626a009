import type { AlertRecord, Fate } from '../../queue/history.ts';
import type { GapReason } from '../../queue/queue.ts';
import type { Style, Text } from '../screen.ts';
import { exactTime, timeWithAge } from '../time.ts';

/** What became of an alert at an output, in words. */

/** Whether an output's destination confirms what it gets; undefined: it is not known any more. */
export type Acknowledges = (output: string) => boolean | undefined;

/** One word for a list, without spaces. */
export function fateWord(fate: Fate, acknowledges: boolean | undefined): string {
  if (fate.state === 'delivered') return acknowledges ? 'delivered' : 'handed-over';
  if (fate.state === 'gap') return fate.reason;
  return fate.state === 'beyondHistory' ? 'beyond-history' : fate.state;
}

const STYLES: Readonly<Record<Fate['state'], Style | undefined>> = {
  waiting: 'yellow',
  delivered: 'green',
  retry: 'yellow',
  held: 'yellow',
  dead: 'red',
  dropped: 'red',
  gap: 'red',
  beyondHistory: 'dim',
};

function fateStyle({ state }: Fate): Style | undefined {
  return STYLES[state];
}

interface FateContext {
  readonly alert: AlertRecord;
  readonly acknowledges: boolean | undefined;
  /** Why nothing is sent at the moment, where that is so. */
  readonly pausedBecause: string | undefined;
  readonly nowMs: number;
}

/** The whole story, as far as it is on record. */
export function fateText(fate: Fate, context: FateContext): Text {
  return { text: sentence(fate, context), style: fateStyle(fate) };
}

function sentence(fate: Fate, context: FateContext): string {
  const { nowMs } = context;
  switch (fate.state) {
    case 'waiting':
      return `waiting${context.pausedBecause ? `: ${context.pausedBecause}` : ' for its turn'}`;
    case 'delivered':
      return deliveredText(fate, context);
    case 'retry':
      return `will be sent again ${failureText(fate, nowMs)}`;
    case 'held':
      return `held back ${failureText(fate, nowMs)}`;
    case 'dead':
      return `dead letter ${fate.id} ${failureText(fate, nowMs)}`;
    case 'dropped':
      return `dead letter, dropped since; given up ${failureText(fate, nowMs)}`;
    case 'gap':
      return `${GAPS[fate.reason]}, ${timeWithAge(fate.atMs, nowMs)}`;
    case 'beyondHistory':
      return 'settled, but how is older than the history';
  }
}

type Delivered = Extract<Fate, { state: 'delivered' }>;

function deliveredText(fate: Delivered, { alert, acknowledges, nowMs }: FateContext): string {
  const span = spanText(fate, alert.receivedAtMs, nowMs);
  if (acknowledges) return `delivered ${span}`;
  const silence = acknowledges === false ? '; this destination confirms nothing' : '';
  return `handed over ${span}${silence}`;
}

/** A receipt says by when; the one before it, or the alert's arrival, says not before. */
function spanText({ afterMs, byMs }: Delivered, receivedAtMs: number, nowMs: number): string {
  const fromMs = Math.max(afterMs ?? receivedAtMs, receivedAtMs);
  if (fromMs >= byMs) return `at ${timeWithAge(byMs, nowMs)}`;
  return `between ${exactTime(fromMs)} and ${timeWithAge(byMs, nowMs)}`;
}

/** `after 3 attempts, the last 2026-11-03T10:00:00.000Z (3h ago): rateLimited: HTTP 429` */
function failureText(
  { reason, detail, attempts, atMs }: Extract<Fate, { attempts: number }>,
  nowMs: number,
): string {
  const tries = attempts === 1 ? 'after 1 attempt,' : `after ${attempts} attempts, the last`;
  const why = detail === '' ? reason : `${reason}: ${detail}`;
  return `${tries} ${timeWithAge(atMs, nowMs)}: ${why}`;
}

const GAPS: Readonly<Record<GapReason, string>> = {
  shed: 'not sent: the queue was full and made room',
  stale: 'not sent: too late for this output, counted in its summary',
  removed: 'not sent: the output was removed',
  damaged: 'not sent: the stored alert was damaged',
  silenced: 'silenced',
};
