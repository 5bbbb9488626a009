import type { LaneSettings } from './lane-context.ts';
import type { Entry } from './entry.ts';
import { LOWER_PRIORITY_TURN, URGENT_WAIT_MS_MAX, windowMax } from './limits.ts';
import type { Unkept } from './unkept.ts';
import type { Window } from './window.ts';

/** A batch that is about to be sent. */
export type Batch = readonly Entry[];

interface Choice {
  readonly window: Window;
  readonly unkept: Unkept;
  readonly settings: LaneSettings;
  readonly nowMs: number;
  /** The last free slot is for urgent alerts alone. */
  readonly urgentOnly: boolean;
  /** Progress cannot be written: only what needs none may go. */
  readonly unkeptOnly: boolean;
  /** What was taken in before this time is not to be sent by itself. */
  readonly staleBeforeMs: number;
  /** One alert is to show whether the destination is well again. */
  readonly isProbe: boolean;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Chooses what goes next: urgent before the rest, yet every tenth batch starts with the rest. */
export class Chooser {
  #batches = 0;

  /** The next batch; or when to look again, where a batch still waits to fill. */
  next(asked: Choice): Batch | { readonly againAtMs: number } | undefined {
    const unkept = asked.unkept.candidates(asked.nowMs);
    if (unkept.length > 0) return cut(unkept, asked, asked.isProbe ? 1 : Number.POSITIVE_INFINITY);
    if (asked.unkeptOnly) return undefined;
    const room = roomFor(asked.window, asked.settings);
    const urgent = candidates(asked, true, room);
    if (asked.urgentOnly) return urgent.length > 0 ? this.#take(urgent, asked, room) : undefined;
    const lower = candidates(asked, false, room);
    if (asked.isProbe) return probe([...urgent, ...lower], asked.random);
    const lowerFirst = this.#batches % LOWER_PRIORITY_TURN === LOWER_PRIORITY_TURN - 1;
    const ordered = lowerFirst ? [...lower, ...urgent] : [...urgent, ...lower];
    if (ordered.length === 0) return undefined;
    const againAtMs = waitUntil(urgent, lower, asked);
    return againAtMs === undefined ? this.#take(ordered, asked, room) : { againAtMs };
  }

  #take(candidates: readonly Entry[], choice: Choice, room: number): Batch {
    this.#batches += 1;
    return cut(candidates, choice, Math.max(1, room));
  }
}

/** Any one of those tried least: bad alerts come in rows, and must not take one probe after the other. */
function probe(candidates: readonly Entry[], random: () => number): Batch | undefined {
  const tries = Math.min(...candidates.map((entry) => entry.tries));
  const least = candidates.filter((entry) => entry.tries === tries);
  const chosen = least[Math.floor(random() * least.length)];
  return chosen === undefined ? undefined : [chosen];
}

/**
 * How many alerts may go. Where failures have made room for more than the window's bound, a crash
 * must still send no more again than that; the last place is for what a cursor waits for.
 */
export function roomFor(window: Window, settings: LaneSettings): number {
  const max = windowMax(settings);
  return window.size <= max ? max : max - 1 - window.inDoubt();
}

function candidates(choice: Choice, urgent: boolean, room: number): Entry[] {
  const { window, nowMs, staleBeforeMs } = choice;
  const all = window
    .candidates(urgent, nowMs)
    .filter(({ stored }) => stored.receivedAtMs >= staleBeforeMs);
  if (room > 0) return all;
  const mayGo = room === 0 || window.progress().cursors.length === 0;
  if (!mayGo) return [];
  const heads = new Set(window.heads());
  return all.filter((entry) => heads.has(entry));
}

/** The first of the candidates, within the bounds of a batch; a large alert goes alone. */
function cut(candidates: readonly Entry[], { settings }: Choice, alertsMax: number): Batch {
  const countMax = Math.min(settings.batch.alertsMax, alertsMax);
  const batch: Entry[] = [];
  let bytes = 0;
  for (const entry of candidates) {
    bytes += entry.stored.json.length + 1;
    if (batch.length > 0 && bytes > settings.batch.bytesMax) break;
    batch.push(entry);
    if (batch.length >= countMax) break;
  }
  return batch;
}

/** Until when a batch that is not full, and no second try, may wait for more; urgent alerts hardly do. */
function waitUntil(
  urgent: readonly Entry[],
  lower: readonly Entry[],
  { settings, nowMs }: Choice,
): number | undefined {
  const { alertsMax, waitMs } = settings.batch;
  if (urgent.length + lower.length >= alertsMax) return undefined;
  const urgentDueMs = dueMs(urgent[0], Math.min(waitMs, URGENT_WAIT_MS_MAX));
  const againAtMs = Math.min(urgentDueMs, dueMs(lower[0], waitMs));
  return againAtMs > nowMs ? againAtMs : undefined;
}

function dueMs(first: Entry | undefined, waitMs: number): number {
  if (first === undefined) return Number.POSITIVE_INFINITY;
  return first.tries === 0 ? first.readAtMs + waitMs : 0;
}
