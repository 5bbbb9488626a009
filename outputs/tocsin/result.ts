import type { StatusObject } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import type { FailureReason, SingleResult } from '../../src/output/define.ts';
import { excerpt } from '../../src/output/http-excerpt.ts';
import type { Reject } from './service.ts';
import { readRetryDelayMs } from './service.ts';

/** What the hub said of one alert. */
export function resultOfReject({ code, message }: Reject): SingleResult {
  // It has the alert: a resend whose first answer was lost.
  if (code === 'DUPLICATE') return { outcome: 'delivered' };
  const detail = excerpt(message);
  if (code === 'CODE_UNSPECIFIED') return { outcome: 'retry', reason: 'rateLimited', detail };
  if (code === 'UNAUTHORISED_SOURCE') return { outcome: 'retry', reason: 'auth', detail };
  return { outcome: 'reject', reason: 'payload', detail };
}

/** What the end of the stream means for alerts that were not acknowledged: they are sent again. */
export function resultOfStatus({ code, details, metadata }: StatusObject): SingleResult {
  const detail = `${status[code]}: ${excerpt(details)}`;
  const [trailer] = metadata.get('grpc-status-details-bin');
  const afterMs = Buffer.isBuffer(trailer) ? readRetryDelayMs(trailer) : undefined;
  const failure = { outcome: 'retry', reason: reasonOf(code, details), detail } as const;
  return afterMs === undefined ? failure : { ...failure, afterMs };
}

/** Codes that do not mean `server` (gRPC status codes, https://grpc.io/docs/guides/status-codes/). */
const REASONS: ReadonlyMap<status, FailureReason> = new Map<status, FailureReason>([
  [status.CANCELLED, 'network'],
  [status.INVALID_ARGUMENT, 'client'],
  [status.DEADLINE_EXCEEDED, 'timeout'],
  [status.PERMISSION_DENIED, 'auth'],
  [status.RESOURCE_EXHAUSTED, 'rateLimited'],
  // Whatever listens there is no hub.
  [status.UNIMPLEMENTED, 'client'],
  [status.UNAUTHENTICATED, 'auth'],
]);

/** A hub begins its reasons with a word of its own; UNAVAILABLE without one comes from grpc-js. */
const SAID_BY_HUB = /^[a-z_]+: /;

function reasonOf(code: status, details: string): FailureReason {
  if (code === status.UNAVAILABLE) return SAID_BY_HUB.test(details) ? 'server' : 'network';
  return REASONS.get(code) ?? 'server';
}
