import type { AlertFilter, AlertRecord, DeadLetter } from '../queue/history.ts';
import type { LaneLedger } from '../queue/queue.ts';

/**
 * What a running hub answers over its control socket, and what the command line asks. One route
 * stands for each function here.
 */
export interface Control {
  status(): Promise<HubStatus>;
  /** Newest first. */
  alerts(filter: AlertFilter): Promise<readonly AlertRecord[]>;
  /** Every stored alert with this uuid; outputs it was not for are in `outputs` all the same. */
  why(uuid: string): Promise<WhyAnswer>;
  deadList(limit: number): Promise<readonly DeadLetter[]>;
  deadShow(id: number): Promise<DeadLetter | undefined>;
  /** `output`: only its dead letters; `to`: give them to another output. Returns how many. */
  deadReplay(selection: DeadRequest & { readonly to?: string }): Promise<number>;
  deadDrop(selection: DeadRequest): Promise<number>;
  queueCheck(): Promise<QueueCheck>;
  /** Waits until nothing is left to deliver; `to`: a hub that gets what still waits. */
  drain(request: { readonly to?: string; readonly timeoutMs: number }): Promise<DrainResult>;
  /** Sends a test alert past the queue and says what the destination answered. */
  outputTest(name: string): Promise<OutputTestResult>;
  /** Gives up what waits for an output that is no longer configured. */
  outputDrop(name: string): Promise<boolean>;
  /**
   * Sends one by one, after all, what an output's summaries of old alerts stood for: at most 1000 a
   * call, the oldest first. Returns how many.
   */
  outputResend(name: string): Promise<number>;
  /** Loads the configuration again, as SIGHUP does. */
  reload(): Promise<{ readonly reloaded: boolean; readonly problems: readonly string[] }>;
}

/** No `ids` and no `output`: all dead letters. At most 1000 a call. */
export interface DeadRequest {
  readonly ids?: readonly number[];
  readonly output?: string;
}

export interface WhyAnswer {
  readonly alerts: readonly AlertRecord[];
  /** Every output there is: one that is not among an alert's fates was not routed to. */
  readonly outputs: readonly { readonly name: string; readonly acknowledged: boolean }[];
  /** How far back the history reaches, ms since 1970. */
  readonly historySinceMs?: number;
}

export interface HubStatus {
  readonly version: string;
  readonly pid: number;
  readonly startedAtMs: number;
  readonly ready: boolean;
  readonly addresses: Readonly<Record<string, string>>;
  readonly queue: {
    readonly directory: string;
    /** volume, node, container, memory or unknown: what outlives what. */
    readonly durability: string;
    readonly usedBytes: number;
    readonly bytesMax: number;
    /** Why nothing can be written at the moment. */
    readonly fault?: string;
  };
  readonly outputs: readonly OutputStatus[];
}

export interface OutputStatus extends Omit<LaneLedger, 'state'> {
  readonly state: 'active' | 'paused' | 'stuck' | 'orphan' | 'dropped';
  readonly reason?: string;
  readonly detail?: string;
}

export interface QueueCheck {
  readonly ok: boolean;
  /** What SQLite finds wrong with the file; empty: nothing. */
  readonly structure: readonly string[];
  readonly alerts: number;
  readonly damagedCount: number;
  readonly ledger: readonly LaneLedger[];
}

export interface DrainResult {
  readonly drained: boolean;
  /** Alerts that still wait, by output. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Alerts handed to the other hub. */
  readonly forwarded: number;
}

export interface OutputTestResult {
  readonly outcome: 'delivered' | 'retry' | 'reject';
  readonly reason?: string;
  readonly detail?: string;
  readonly durationMs: number;
}

/**
 * Why something was not done. `code` is stable; the text reaches the operator, so it says what is
 * wrong and what to do. Any other error that a `Control` throws is answered as a fault of the hub.
 */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
