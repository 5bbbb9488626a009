import { errors } from '@elastic/elasticsearch';
import type { Failure } from '../http-error.ts';
import { excerptOf } from '../http-excerpt.ts';
import { resultOfError, resultOfStatus } from '../http-result.ts';
import type { HttpAnswer } from '../http.ts';
import type { Trace } from './client.ts';

/** The client's second argument. */
export interface CallOptions {
  readonly signal: AbortSignal;
  readonly context: Trace;
}

/**
 * Makes one call of the client. What goes wrong comes back as a result, and never as an error of the
 * client's, which holds the request with its credentials.
 */
export async function callServer<Body>(
  signal: AbortSignal,
  call: (options: CallOptions) => Promise<Body>,
): Promise<
  { readonly body: Body; readonly headers: HttpAnswer['headers'] } | { readonly failure: Failure }
> {
  const trace: Trace = {};
  try {
    signal.throwIfAborted();
    const body = await call({ signal, context: trace });
    const { status = 0, headers = {} } = trace.answer ?? {};
    // From 400 on the client throws.
    return status < 300 || status >= 400 ? { body, headers } : { failure: refusal(trace, body) };
  } catch (error) {
    return { failure: failureOf(error, trace, signal) };
  }
}

function failureOf(error: unknown, trace: Trace, signal: AbortSignal): Failure {
  if (signal.aborted) return failed(signal.reason);
  if (error instanceof errors.ResponseError) return refusal(trace, error.body);
  if (trace.error !== undefined) return failed(trace.error);
  const name = error instanceof Error ? error.name : typeof error;
  return { outcome: 'retry', reason: 'server', detail: `the answer is not understood (${name})` };
}

/** What was thrown is never a delivery. */
function failed(error: unknown): Failure {
  return resultOfError(error) as Failure;
}

/** @param body The last answer's, read. */
function refusal({ answer = NO_ANSWER }: Trace, body: unknown): Failure {
  return resultOfStatus({ ...answer, text: excerptOf(answer, saidIn(body)) }) as Failure;
}

const NO_ANSWER: HttpAnswer = { status: 0, headers: {}, text: '', truncated: false };

/** Only what the server itself says: somebody else's answer may repeat the whole request. */
function saidIn(body: unknown): string {
  const { error } = (body ?? {}) as { readonly error?: unknown };
  if (typeof error === 'string') return error;
  const { type, reason } = (error ?? {}) as { readonly type?: unknown; readonly reason?: unknown };
  return typeof type === 'string' ? `${type}: ${String(reason)}` : '';
}
