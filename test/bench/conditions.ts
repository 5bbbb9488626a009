import type { Child } from './child.ts';
import type { Server } from './hub.ts';

/** How much is measured. */
export interface Size {
  readonly rounds: number;
  readonly roundMs: number;
  /** A server is loaded before anything is measured: for so long, or with so many alerts. */
  readonly warmUpMs: number;
  readonly warmUpAlerts: number;
  /** Alerts that go the whole way, in a round. */
  readonly alerts: number;
  readonly starts: number;
  /** Alerts that wait for a slow destination. */
  readonly waiting: number;
  /** Alerts on disk when the hub starts. */
  readonly backlog: number;
}

export interface Bench extends Size {
  /** Where queues are kept. */
  readonly directory: string;
  readonly sender: Child;
  /** The baseline: what any server in this runtime must spend on an alert. */
  readonly bare: Server;
  /** Says on stderr what is being done. */
  readonly progress: (text: string) => void;
}

export const FULL: Size = {
  rounds: 8,
  roundMs: 800,
  warmUpMs: 8000,
  warmUpAlerts: 60_000,
  alerts: 8000,
  starts: 5,
  waiting: 50_000,
  backlog: 1_000_000,
};

export const QUICK: Size = {
  rounds: 3,
  roundMs: 400,
  warmUpMs: 2500,
  warmUpAlerts: 25_000,
  alerts: 2000,
  starts: 3,
  waiting: 10_000,
  backlog: 200_000,
};
