import type { Priority } from '../alert.ts';

/**
 * The whole interface between the queue and what stands above it. SQLite implements it today; a
 * Kafka implementation will meet the same one, so no sequence number without its shard, no SQL and
 * no "all outputs" appears here.
 */

/** Where an alert stands: strictly first in, first out within its shard. */
export interface Position {
  readonly shard: number;
  readonly n: number;
}

/** A lane is one output's progress. The id is never given twice. */
export interface Lane {
  readonly id: number;
  readonly name: string;
  readonly type: string;
}

/** An alert whose fate is decided: which lanes it is for. */
export interface NewAlert {
  readonly uuid: string;
  readonly priority: Priority;
  readonly rule: string;
  readonly source: string;
  readonly hostname: string;
  readonly receivedAtMs: number;
  /** Ids of the lanes it is for; empty: stored as history only. */
  readonly lanes: readonly number[];
  /** The alert as outputs get it: one line of JSON. */
  readonly json: string;
  /** Provenance as JSON. */
  readonly ingest: string;
}

export interface StoredAlert {
  readonly position: Position;
  readonly json: string;
  readonly ingest: string;
  readonly receivedAtMs: number;
}

export interface ReadResult {
  /** Alerts for the lane, oldest first. */
  readonly alerts: readonly StoredAlert[];
  /** For the lane, but no longer what was stored: to be settled as a gap. */
  readonly damaged: readonly Position[];
  /** Everything in the shard up to here was looked at: alerts, or not for this lane. */
  readonly scannedTo: number;
}

export type ExceptionState = 'retry' | 'held' | 'dead';

/** What could not be settled in order, and owns its copy of the alert. */
export interface ExceptionRow {
  readonly id: number;
  readonly lane: number;
  readonly position: Position;
  readonly state: ExceptionState;
  readonly uuid: string;
  readonly reason: string;
  readonly detail: string;
  readonly attempts: number;
  /** Of its copy of the alert. */
  readonly bytes: number;
  /** Time it kept failing while its lane delivered others, in ms. */
  readonly failingMs: number;
  readonly atMs: number;
  readonly receivedAtMs: number;
}

export type GapReason = 'shed' | 'stale' | 'removed' | 'damaged' | 'silenced';

/** One transaction of a lane's progress. All of it happens, or none. */
export interface Settlement {
  readonly lane: number;
  /** Moves a shard's cursor from where the lane believes it is; `delivered` counts what it passed. */
  readonly cursors: readonly {
    readonly shard: number;
    readonly from: number;
    readonly to: number;
    readonly delivered: number;
  }[];
  /** Alerts that leave the order: for a later retry, or dead. */
  readonly exceptions: readonly {
    readonly position: Position;
    readonly state: 'retry' | 'dead';
    readonly reason: string;
    readonly detail: string;
    readonly attempts: number;
  }[];
  /** What became of retry rows. */
  readonly retries: readonly {
    readonly id: number;
    readonly state: 'delivered' | 'retry' | 'dead';
    readonly reason: string;
    readonly detail: string;
    readonly attempts: number;
    readonly failingMs: number;
  }[];
  /** What the cursors pass without a delivery, beyond `from` up to `to`, and why. */
  readonly gaps: readonly {
    readonly shard: number;
    readonly from: number;
    readonly to: number;
    readonly count: number;
    readonly reason: GapReason;
  }[];
  /** Delivered, though the queue gave them up before that could be settled: they leave their gap. */
  readonly regained: readonly Position[];
  /** Alerts of the hub itself that tell of this settlement. */
  readonly appends: readonly NewAlert[];
}

/** The row that an exception of a settlement became. */
export interface ExceptionCopy {
  readonly id: number;
  readonly uuid: string;
  /** Of the alert's text, of which the row has its own copy. */
  readonly bytes: number;
}

export type SettleResult =
  | { readonly outcome: 'settled'; readonly exceptions: readonly ExceptionCopy[] }
  /** Another writer (shedding) moved the lane's cursor: nothing was written; settle again from here. */
  | { readonly outcome: 'moved'; readonly cursors: readonly Position[] };

/** What of a lane is too old to be sent: counted without taking it out. */
export interface StaleSurvey {
  /** Ranges beyond `from` up to `to`, oldest first in each shard; what is settled lies in none. */
  readonly gaps: readonly {
    readonly shard: number;
    readonly from: number;
    readonly to: number;
    readonly count: number;
  }[];
  readonly counts: readonly {
    readonly rule: string;
    readonly priority: Priority;
    readonly count: number;
  }[];
  readonly oldestMs: number;
  readonly newestMs: number;
}

/** Counted for one lane; `mismatch` must be 0. */
export interface LaneLedger {
  readonly lane: Lane;
  readonly state: 'active' | 'orphan' | 'dropped';
  readonly routed: number;
  readonly delivered: number;
  readonly dead: number;
  readonly suppressed: number;
  readonly retry: number;
  readonly held: number;
  readonly waiting: number;
  /** Milliseconds since 1970 when the oldest waiting alert was taken in; absent: none waits. */
  readonly oldestWaitingMs?: number;
  readonly mismatch: number;
}

/** Why an append did not happen. `code` is stable and reaches the sender. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  readonly code: 'queue_full' | 'queue_busy' | 'queue_unavailable' | 'queue_closed';
  /** When it is worth trying again. */
  readonly retryAfterMs: number;

  constructor(code: QueueError['code'], message: string, retryAfterMs: number) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface LaneStart {
  readonly lane: Lane;
  /** One position per shard: everything up to it is settled. */
  readonly cursors: readonly Position[];
  /** Beyond the cursors, yet already settled as exceptions: not to be sent again. */
  readonly settled: readonly Position[];
}

export interface Queue {
  /** Resolves when every alert is on disk, together or not at all. Rejects with `QueueError`. */
  append(alerts: readonly NewAlert[]): Promise<void>;
  /**
   * At once where the newest alerts are still in memory.
   *
   * @param limit Alerts at most.
   * @param bytesMax Text at most, as far as the queue allows; one alert may be larger.
   */
  read(
    lane: number,
    shard: number,
    after: number,
    limit: number,
    bytesMax?: number,
  ): ReadResult | Promise<ReadResult>;
  /**
   * Resolves when it is on disk.
   *
   * @param mayWait For what comes next to be written with it, some milliseconds.
   */
  settle(settlement: Settlement, mayWait?: boolean): Promise<SettleResult>;
  exceptions(lane: number, state: ExceptionState, limit: number): Promise<readonly ExceptionRow[]>;
  /** The stored alert behind an exception row. */
  exceptionAlert(id: number): Promise<StoredAlert | undefined>;
  /** Counts, for a lane, the leading alerts taken in before `beforeMs`, `except` these. */
  surveyStale(
    lane: number,
    after: readonly Position[],
    beforeMs: number,
    except: readonly Position[],
  ): Promise<StaleSurvey>;
  /** Brings the lanes in step with the configured outputs; the others become orphans. */
  syncLanes(
    outputs: readonly { name: string; type: string; formerly?: string }[],
  ): Promise<readonly LaneStart[]>;
  /** Everything in the shard up to this number is on disk. */
  head(shard: number): number;
  ledger(): Promise<readonly LaneLedger[]>;
  close(): Promise<void>;
}
