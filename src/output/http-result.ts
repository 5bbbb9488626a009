import type { FailureReason, SingleResult } from './define.ts';
import type { HttpAnswer } from './http.ts';
import { httpErrorOf } from './http-error.ts';
import { excerptOf } from './http-excerpt.ts';

/** The one table from HTTP statuses and errors to results. */

/** Says what an answer's status means for the delivery. */
export function resultOfStatus(answer: HttpAnswer): SingleResult {
  const { status } = answer;
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const [outcome, reason] = rowOf(status);
  const detail = detailOf(answer);
  if (outcome === 'reject') return { outcome, reason, detail };
  const afterMs = WAITS.has(reason) ? retryAfterMs(answer.headers['retry-after']) : undefined;
  return afterMs === undefined ? { outcome, reason, detail } : { outcome, reason, detail, afterMs };
}

/**
 * Says what something thrown means for the delivery: errors of the network wait for better times,
 * the rest is a mistake in the program and rejects the alert. It understands `HttpError`, and the
 * errors of Node, undici and clients that wrap them.
 */
export function resultOfError(error: unknown): SingleResult {
  return httpErrorOf(error).failure;
}

/**
 * Whether a failure is surely about the destination, so that no other alert would fare better:
 * credentials, address, certificate, network, rate limit, or an answer that says when to come back.
 * A 5xx without that, or a timeout, may be this alert's own.
 */
export function isDestinationFault(result: SingleResult): boolean {
  if (result.outcome !== 'retry') return false;
  return result.afterMs !== undefined || DESTINATION_REASONS.has(result.reason);
}

type Row = readonly ['retry' | 'reject', FailureReason];

/** Statuses that differ from their class (RFC 9110, 15; RFC 6585; RFC 8470). */
const ROWS: ReadonlyMap<number, Row> = new Map<number, Row>([
  [400, ['reject', 'payload']],
  [401, ['retry', 'auth']],
  [403, ['retry', 'auth']],
  [404, ['retry', 'client']],
  // A proxy wants credentials: nothing about the alert.
  [407, ['retry', 'auth']],
  [408, ['retry', 'timeout']],
  [410, ['retry', 'client']],
  [413, ['reject', 'payload']],
  [422, ['reject', 'payload']],
  [425, ['retry', 'server']],
  [429, ['retry', 'rateLimited']],
]);

function rowOf(status: number): Row {
  const row = ROWS.get(status);
  if (row !== undefined) return row;
  if (status < 400) return ['retry', 'client'];
  return status < 500 ? ['reject', 'client'] : ['retry', 'server'];
}

/** Reasons with which `Retry-After` is believed. */
const WAITS: ReadonlySet<FailureReason> = new Set(['rateLimited', 'server', 'timeout']);
const DESTINATION_REASONS: ReadonlySet<FailureReason> = new Set([
  'auth',
  'client',
  'network',
  'rateLimited',
]);

function detailOf(answer: HttpAnswer): string {
  const { status, headers } = answer;
  if (status >= 300 && status < 400) return `HTTP ${status}: ${redirectText(headers.location)}`;
  const text = excerptOf(answer);
  return text === '' ? `HTTP ${status}` : `HTTP ${status}: ${text}`;
}

/** Names the host only: the rest of a `Location` repeats the request's path. */
function redirectText(location: string | undefined): string {
  const url = URL.parse(location ?? '');
  const target = url === null ? 'another path' : `${url.protocol}//${url.host}`;
  return `a redirect to ${target} is not followed; give the final URL`;
}

const RETRY_AFTER_MS_MAX = 60 * 60_000;
const SECONDS = /^\d+(\.\d+)?$/;
/** IMF-fixdate; `Date.parse` alone would take almost anything. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Reads `Retry-After` (RFC 9110, 10.2.3): seconds or a date, at most one hour. What is neither, or
 * lies in the past, is ignored.
 */
export function retryAfterMs(value: string | undefined, nowMs = Date.now()): number | undefined {
  const waitMs = waitMsOf(value?.trim() ?? '', nowMs);
  return waitMs >= 0 ? Math.min(waitMs, RETRY_AFTER_MS_MAX) : undefined;
}

function waitMsOf(text: string, nowMs: number): number {
  if (SECONDS.test(text)) return Math.ceil(Number(text) * 1000);
  return HTTP_DATE.test(text) ? Date.parse(text) - nowMs : Number.NaN;
}
