import type { Priority } from '../alert.ts';
import type { ExceptionRow, GapReason } from './queue.ts';

/** What the queue answers about alerts it has seen: the data behind `why`, `alerts` and `dead`. */

export type Fate =
  | { readonly state: 'waiting' }
  /** The destination confirmed it (or took it, where its transport gives no answer). */
  | { readonly state: 'delivered'; readonly afterMs?: number; readonly byMs: number }
  | {
      readonly state: 'retry' | 'held' | 'dead' | 'dropped';
      readonly id: number;
      readonly reason: string;
      readonly detail: string;
      readonly attempts: number;
      readonly atMs: number;
    }
  | { readonly state: 'gap'; readonly reason: GapReason; readonly atMs: number }
  /** Settled, but the receipt that would prove how is older than the history. */
  | { readonly state: 'beyondHistory' };

export interface AlertRecord {
  readonly uuid: string;
  readonly receivedAtMs: number;
  readonly priority: Priority;
  readonly rule: string;
  readonly source: string;
  readonly hostname: string;
  readonly ingest: string;
  readonly json: string;
  /** By the name of the output; outputs it was not for are not listed. */
  readonly fates: Readonly<Record<string, Fate>>;
}

/** What is known again of an alert after a restart. */
export interface RecentAlert {
  readonly uuid: string;
  readonly receivedAtMs: number;
  readonly rule: string;
  readonly hostname: string;
  readonly ingest: string;
  /** The delivery key, where the alert may be sent again under its id. */
  readonly key: string | undefined;
}

export interface AlertFilter {
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly rule?: string;
  readonly hostname?: string;
  readonly output?: string;
  readonly state?: Fate['state'];
  readonly limit: number;
}

export interface DeadLetter extends ExceptionRow {
  readonly output: string;
  readonly json: string;
}
