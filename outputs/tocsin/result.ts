import type { FailureReason, SingleResult } from '../../src/output/define.ts';
import type { CallEnd } from '../../src/output/grpc/call.ts';
import type { GrpcCode, GrpcStatus } from '../../src/output/grpc/status.ts';
import { excerpt } from '../../src/output/http-excerpt.ts';
import type { Reject } from './service.ts';

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
export function resultOfEnd(end: CallEnd): SingleResult {
  if ('failure' in end) return end.failure;
  const { code, message, retryDelayMs: afterMs } = end.status;
  const detail = `${code}: ${excerpt(message)}`;
  const failure = { outcome: 'retry', reason: reasonOf(end.status), detail } as const;
  return afterMs === undefined ? failure : { ...failure, afterMs };
}

/** Codes that do not mean `server`. */
const REASONS: Readonly<Partial<Record<GrpcCode, FailureReason>>> = {
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

function reasonOf({ code, message }: GrpcStatus): FailureReason {
  if (code === 'UNAVAILABLE') return SAID_BY_HUB.test(message) ? 'server' : 'network';
  return REASONS[code] ?? 'server';
}
