import type { IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2';
import type { FailureReason, SingleResult } from '../../src/output/define.ts';
import { httpErrorOf } from '../../src/output/http-error.ts';
import { excerpt } from '../../src/output/http-excerpt.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { decoded } from '../../src/output/http-url.ts';
import { readRetryDelayMs, type Reject } from './service.ts';

/** What the hub said of one alert. */
export function resultOfReject({ code, message }: Reject): SingleResult {
  // It has the alert: a resend whose first answer was lost.
  if (code === 'DUPLICATE') return { outcome: 'delivered' };
  const detail = excerpt(message);
  if (code === 'CODE_UNSPECIFIED') return { outcome: 'retry', reason: 'rateLimited', detail };
  if (code === 'UNAUTHORISED_SOURCE') return { outcome: 'retry', reason: 'auth', detail };
  return { outcome: 'reject', reason: 'payload', detail };
}

/** What the end of the call means for alerts that were not acknowledged: they are sent again. */
export function resultOfTrailers(trailers: IncomingHttpHeaders): SingleResult {
  const code = CODES[Number(trailers['grpc-status'])] ?? 'UNKNOWN';
  const message = decoded(String(trailers['grpc-message'] ?? ''));
  const details = trailers['grpc-status-details-bin'];
  const afterMs =
    typeof details === 'string' ? readRetryDelayMs(Buffer.from(details, 'base64')) : undefined;
  const detail = `${code}: ${excerpt(message)}`;
  const failure = { outcome: 'retry', reason: reasonOf(code, message), detail } as const;
  return afterMs === undefined ? failure : { ...failure, afterMs };
}

/** The status codes of gRPC, by their number (https://grpc.io/docs/guides/status-codes/). */
const CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;
type Code = (typeof CODES)[number];

/** Codes that do not mean `server`. */
const REASONS: Readonly<Partial<Record<Code, FailureReason>>> = {
  CANCELLED: 'network',
  INVALID_ARGUMENT: 'client',
  DEADLINE_EXCEEDED: 'timeout',
  PERMISSION_DENIED: 'auth',
  RESOURCE_EXHAUSTED: 'rateLimited',
  // Whatever listens there is no hub.
  UNIMPLEMENTED: 'client',
  UNAUTHENTICATED: 'auth',
};

/** A hub begins its reasons with a word of its own; other UNAVAILABLE comes from what is between. */
const SAID_BY_HUB = /^[a-z_]+: /;

function reasonOf(code: Code, message: string): FailureReason {
  if (code === 'UNAVAILABLE') return SAID_BY_HUB.test(message) ? 'server' : 'network';
  return REASONS[code] ?? 'server';
}

/** What it means that something answers over HTTP/2 which does not speak gRPC, as a proxy does. */
export function resultOfNoGrpc(
  headers: IncomingHttpHeaders & IncomingHttpStatusHeader,
): SingleResult {
  const { ':status': status = 0, 'retry-after': retryAfter } = headers;
  const known = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  const result = resultOfStatus({ status, headers: known, text: '', truncated: false });
  // Nobody has looked at an alert.
  if (result.outcome === 'retry') return result;
  const detail = `HTTP ${status} without gRPC: is it the gRPC door of a hub?`;
  return { outcome: 'retry', reason: 'client', detail };
}

/** What it means that an answer of the hub's cannot be read. */
export function resultOfNonsense(error: unknown): SingleResult {
  const detail = `the answer is not understood: ${excerpt(String(error))}`;
  return { outcome: 'retry', reason: 'server', detail };
}

/** What it means that there is no connection, or none any more. */
export function resultOfLoss(address: string, error: unknown): SingleResult {
  const { failure } = httpErrorOf(error, address);
  if (failure.outcome === 'retry') return failure;
  const why = error instanceof Error ? error.message : String(error);
  const detail = `${address}: the call ended without a status: ${excerpt(why)}`;
  return { outcome: 'retry', reason: 'network', detail };
}
