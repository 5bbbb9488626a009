import type { Position, StoredAlert } from '../queue/queue.ts';
import { URGENT_SHARDS } from './limits.ts';

/** An alert in a lane's window. */
export interface Entry {
  /** Absent for an alert that could not be kept on disk: nothing of it is settled. */
  readonly position: Position | undefined;
  readonly stored: StoredAlert;
  readonly readAtMs: number;
  state: 'pending' | 'flying' | 'delivered' | 'excepted' | 'damaged';
  /** Attempts so far, whatever became of them. */
  tries: number;
  /** Attempts that failed, and may be its own fault. */
  failures: number;
  /** Not before this time on the monotonic clock. */
  notBeforeMs: number;
  /** How many alerts the lane had delivered when this one first failed. */
  deliveredAtFirstFailure: number;
}

export function newEntry(
  stored: StoredAlert,
  position: Position | undefined,
  nowMs: number,
): Entry {
  return {
    position,
    stored,
    readAtMs: nowMs,
    state: 'pending',
    tries: 0,
    failures: 0,
    notBeforeMs: 0,
    deliveredAtFirstFailure: 0,
  };
}

/** Emergency to Critical. */
export function isUrgent({ position }: Entry): boolean {
  return position !== undefined && position.shard < URGENT_SHARDS;
}

/** Of no place on disk. */
export function isUnkept({ position }: Entry): boolean {
  return position === undefined;
}

/** Stands for an alert that is no longer what was stored. */
export function damagedEntry(position: Position, nowMs: number): Entry {
  const stored = { position, json: '', ingest: '{}', receivedAtMs: 0 };
  return { ...newEntry(stored, position, nowMs), state: 'damaged' };
}

/** Not done: it waits, or is under way. */
export function isOpen(entry: Entry): boolean {
  return entry.state === 'pending' || entry.state === 'flying';
}

export function numberOf(entry: Entry): number {
  return entry.position?.n ?? 0;
}

export function byNumber(a: Entry, b: Entry): number {
  return numberOf(a) - numberOf(b);
}

/** What failed goes behind what did not, so that one bad alert does not take every probe. */
export function byTurn(a: Entry, b: Entry): number {
  return a.tries - b.tries || numberOf(a) - numberOf(b);
}
