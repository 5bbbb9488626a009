import type { Fate } from '../queue/history.ts';
import type { Control } from './contract.ts';

/** Where on the control socket a function of `Control` is found. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** How long the client waits for the answer. Absent: for as long as it takes. */
  readonly timeoutMs?: number;
}

/** What the hub answers, and what the client reads, at most. */
export const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

/** What a call may ask for at once. */
export const CALL_ROWS_MAX = 1000;

/** What `alerts` can be asked for. */
export const FATE_STATES = [
  'waiting',
  'delivered',
  'retry',
  'held',
  'dead',
  'dropped',
  'gap',
  'beyondHistory',
] as const satisfies readonly Fate['state'][];

const ANSWER_MS = 30_000;
/** For what waits on a disk or a destination that may be slow. */
const SLOW_ANSWER_MS = 600_000;

/** What only reads is GET with its input in the query, what changes something POST with JSON. */
export const ENDPOINTS: { readonly [Name in keyof Control]: Endpoint } = {
  status: { method: 'GET', path: '/status', timeoutMs: ANSWER_MS },
  alerts: { method: 'GET', path: '/alerts', timeoutMs: ANSWER_MS },
  why: { method: 'GET', path: '/why', timeoutMs: ANSWER_MS },
  deadList: { method: 'GET', path: '/dead', timeoutMs: ANSWER_MS },
  deadShow: { method: 'GET', path: '/dead/show', timeoutMs: ANSWER_MS },
  deadReplay: { method: 'POST', path: '/dead/replay', timeoutMs: ANSWER_MS },
  deadDrop: { method: 'POST', path: '/dead/drop', timeoutMs: ANSWER_MS },
  queueCheck: { method: 'GET', path: '/queue/check', timeoutMs: SLOW_ANSWER_MS },
  drain: { method: 'POST', path: '/drain' },
  outputTest: { method: 'POST', path: '/outputs/test', timeoutMs: SLOW_ANSWER_MS },
  outputDrop: { method: 'POST', path: '/outputs/drop', timeoutMs: ANSWER_MS },
  outputResend: { method: 'POST', path: '/outputs/resend', timeoutMs: ANSWER_MS },
  reload: { method: 'POST', path: '/reload', timeoutMs: ANSWER_MS },
};
