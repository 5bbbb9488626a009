import type { SingleResult } from '../define.ts';
import { type Failure, retryError } from '../http-error.ts';
import { excerpt } from '../http-excerpt.ts';

/** What a server's error means, which often ends the connection: never is it an alert's fault. */
export function failureOf(text: string, where: string): Failure {
  const reason = AUTH.test(text) ? 'auth' : BUSY.test(text) ? 'server' : 'client';
  return { outcome: 'retry', reason, detail: excerpt(`${where}: ${text}`) };
}

/** @see https://docs.nats.io/reference/reference-protocols/nats-protocol#ok-err */
const AUTH = /authorization|authentication|permissions|revoked|expired|credentials/i;
const BUSY = /maximum connections|maximum account|stale connection|slow consumer|shutdown/i;

/** The subject that a user may not publish to, if this is what the error says. */
export function deniedSubjectIn(text: string): string | undefined {
  return /^Permissions Violation for Publish to "([^"]+)"/i.exec(text)?.[1];
}

/** What a stream answers to a message. */
interface Acknowledgement {
  readonly stream?: unknown;
  readonly seq?: unknown;
  readonly error?: { readonly code?: unknown; readonly err_code?: unknown; description?: unknown };
}

/** Larger than `max_msg_size` of the stream (JSStreamMessageExceedsMaximumErr). */
const TOO_LARGE = 10_054;

/**
 * What came to where the acknowledgement was to come to. Anybody who listens on the subject may send
 * something there, so it must be a stream's.
 *
 * @see https://docs.nats.io/reference/reference-protocols/nats_api_reference#error-handling
 */
export function resultOfAcknowledgement(
  { status, data }: { readonly status: number; readonly data: string },
  subject: string,
): SingleResult {
  if (status === 503)
    return retry('client', `no stream stores ${subject}: create one, or mode core`);
  const { stream, seq, error } = readAcknowledgement(data);
  if (typeof error?.code === 'number') {
    const detail = excerpt(`${subject}: ${String(error.description)} (${String(error.err_code)})`);
    if (error.err_code === TOO_LARGE) return { outcome: 'reject', reason: 'payload', detail };
    return { outcome: 'retry', reason: error.code >= 500 ? 'server' : 'client', detail };
  }
  if (typeof stream === 'string' && typeof seq === 'number') return { outcome: 'delivered' };
  return retry('client', `${subject}: somebody answers who is no stream: ${data}`);
}

function readAcknowledgement(data: string): Acknowledgement {
  try {
    return (JSON.parse(data) as Acknowledgement | null) ?? {};
  } catch {
    return {};
  }
}

function retry(reason: 'client', detail: string): SingleResult {
  return retryError('network', reason, excerpt(detail)).failure;
}
