import { errors } from '@elastic/elasticsearch';
import type { SingleResult } from '../../src/output/define.ts';
import { resultOfError, resultOfStatus } from '../../src/output/http-result.ts';
import type { Trace } from './client.ts';

/** The client's second argument. */
export interface CallOptions {
  readonly signal: AbortSignal;
  readonly meta: true;
  readonly context: Trace;
}

/** What a call with `meta` resolves to. */
export interface Answer<Body> {
  readonly body: Body;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

export type Failure = Exclude<SingleResult, { readonly outcome: 'delivered' }>;

/**
 * Makes one call of the client. What goes wrong comes back as a result, and never as an error of the
 * client's, which holds the request with its credentials.
 */
export async function callServer<Body>(
  signal: AbortSignal,
  call: (options: CallOptions) => Promise<Answer<Body>>,
): Promise<{ readonly answer: Answer<Body> } | { readonly failure: Failure }> {
  const trace: Trace = {};
  try {
    signal.throwIfAborted();
    const answer = await call({ signal, meta: true, context: trace });
    // From 400 on the client throws.
    const isRedirect = answer.statusCode >= 300 && answer.statusCode < 400;
    return isRedirect ? { failure: failureIn(answer) } : { answer };
  } catch (error) {
    return { failure: failureOf(error, trace, signal) };
  }
}

function failureOf(error: unknown, trace: Trace, signal: AbortSignal): Failure {
  if (signal.aborted) return failed(signal.reason);
  if (error instanceof errors.ResponseError) return failureIn(error);
  if (trace.error !== undefined) return failed(trace.error);
  if (!(error instanceof errors.ElasticsearchClientError)) return failed(error);
  const detail = `the answer is not understood (${error.name})`;
  return { outcome: 'retry', reason: 'server', detail };
}

/** What was thrown is never a delivery. */
function failed(error: unknown): Failure {
  return resultOfError(error) as Failure;
}

/** An answer as the client throws it. */
type Refused = { readonly [Part in keyof Answer<unknown>]?: Answer<unknown>[Part] | undefined };

function failureIn({ statusCode = 0, headers = {}, body }: Refused): Failure {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return resultOfStatus({
    status: statusCode,
    headers: Object.fromEntries(texts) as Record<string, string>,
    text: saidIn(body),
    truncated: false,
  }) as Failure;
}

/** Only what the server itself says: somebody else's answer may repeat the request's headers. */
function saidIn(body: unknown): string {
  const { error } = (body ?? {}) as { readonly error?: unknown };
  if (typeof error === 'string') return error;
  const { type, reason } = (error ?? {}) as { readonly type?: unknown; readonly reason?: unknown };
  return typeof type === 'string' ? `${type}: ${String(reason)}` : '';
}
