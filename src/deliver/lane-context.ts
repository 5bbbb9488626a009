import type { FailureReason } from '../output/define.ts';
import type { GapReason, NewAlert, Position, Queue, StaleSurvey } from '../queue/queue.ts';
import type { Send } from './attempt.ts';
import type { Ages } from './ages.ts';
import type { Clock } from './clock.ts';

/** How one output delivers: its configuration, resolved, and its adapter. */
export interface LaneSettings {
  readonly name: string;
  readonly type: string;
  readonly batch: {
    readonly alertsMax: number;
    readonly bytesMax: number;
    readonly waitMs: number;
  };
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** 0: never. */
  readonly staleAfterMs: number;
  readonly retryAgeMaxMs: number;
  readonly send: Send;
}

/** What the queue gave up of a lane to make room: beyond `from`, up to the position. */
export interface GivenUp {
  readonly from: number;
  readonly position: Position;
  readonly reason: GapReason;
  readonly count: number;
}

/** Where a lane stands, for metrics and operators. */
export interface LaneStatus {
  readonly state: 'active' | 'paused' | 'stuck';
  readonly reason?: string;
  readonly detail?: string;
  readonly flying: number;
  readonly retries: number;
  readonly oldestReceivedAtMs?: number;
}

/** What a lane tells of itself: metrics, logs and the hub's own alerts are made from it. */
export interface LaneObserver {
  attempted(report: {
    readonly outcome: 'ok' | 'error';
    readonly reason?: FailureReason;
    readonly detail?: string;
    readonly alerts: number;
    readonly durationMs: number;
  }): void;
  /** End-to-end age of each alert, in ms, from when the hub took it in. */
  delivered(agesMs: readonly number[]): void;
  dead(report: { readonly reason: string; readonly detail: string; readonly uuid: string }): void;
  suppressed(reason: GapReason | 'notDurable', count: number): void;
  paused(report: {
    readonly reason: string;
    readonly detail: string;
    readonly untilMs: number;
  }): void;
  resumed(): void;
  /**
   * Something of the lane cannot be read or written; where it is progress, the lane sends nothing
   * new. `undefined`: all of it can be again.
   */
  stuck(message: string | undefined): void;
}

export interface LaneContext {
  readonly queue: Queue;
  readonly clock: Clock;
  readonly ages: Ages;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
  readonly observer: LaneObserver;
  /** Bytes this lane's window may hold: less with many lanes. */
  readonly windowBytesMax: () => number;
  /** Whether a lane whose retry rows have so many bytes of text may have more of them. */
  readonly hasRetryRoom: (ownBytes: number) => boolean;
  /** The hub's own alert that stands for what is too old to send. */
  readonly staleSummary: (lane: { id: number; name: string }, survey: StaleSurvey) => NewAlert;
}
