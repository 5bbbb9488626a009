import type { IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2';
import { type Failure, httpErrorOf } from '../http-error.ts';
import { excerpt } from '../http-excerpt.ts';
import { resultOfStatus } from '../http-result.ts';

/** Ends of a call that are none of gRPC's: whatever was under way is sent again. */

export type AnswerHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader;

/**
 * Something answers over HTTP/2 which does not speak gRPC, as a proxy does.
 *
 * @param expected What should answer, for the reader.
 */
export function failureOfNoGrpc(headers: AnswerHeaders, expected: string): Failure {
  const { ':status': status = 0, 'retry-after': retryAfter } = headers;
  const known = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  const result = resultOfStatus({ status, headers: known, text: '', truncated: false });
  // Nobody has looked at a message.
  if (result.outcome === 'retry') return result;
  const detail = `HTTP ${status} without gRPC: is it ${expected}?`;
  return { outcome: 'retry', reason: 'client', detail };
}

/** An answer cannot be read. */
export function failureOfNonsense(error: unknown): Failure {
  const detail = `the answer is not understood: ${excerpt(String(error))}`;
  return { outcome: 'retry', reason: 'server', detail };
}

/** There is no connection, or none any more. */
export function failureOfLoss(address: string, error: unknown): Failure {
  const { failure } = httpErrorOf(error, address);
  if (failure.outcome === 'retry') return failure;
  const why = error instanceof Error ? error.message : String(error);
  const detail = `${address}: the call ended without a status: ${excerpt(why)}`;
  return { outcome: 'retry', reason: 'network', detail };
}
