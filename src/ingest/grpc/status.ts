import { Metadata, status } from '@grpc/grpc-js';
import type { AdmitResult } from '../admission.ts';
import { retryDetails } from './services.ts';

/** How a call ends. `details` is a stable word and a text for people. */
export interface CallStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}

export const STOPPING: CallStatus = {
  code: status.UNAVAILABLE,
  details: 'shutting_down: the hub stops; connect again, and go on after acked_through',
};

export const INTERNAL: CallStatus = {
  code: status.INTERNAL,
  details: 'internal: the hub failed to take the alerts; send them again',
};

export function invalidArgument(word: string, text: string): CallStatus {
  return { code: status.INVALID_ARGUMENT, details: `${word}: ${text}` };
}

/** Too much of something, with the time after which it is worth trying again. */
export function exhausted(word: string, text: string, retryAfterMs: number): CallStatus {
  return withRetry(status.RESOURCE_EXHAUSTED, `${word}: ${text}`, retryAfterMs);
}

export type Refused = Extract<AdmitResult, { outcome: 'refused' }>;

/** What is about this sender is RESOURCE_EXHAUSTED, what is about the hub UNAVAILABLE. */
export function statusOfRefusal({ code, message, retryAfterMs }: Refused): CallStatus {
  const isAboutSender = code === 'rate_limited' || code === 'sender_share';
  return withRetry(
    isAboutSender ? status.RESOURCE_EXHAUSTED : status.UNAVAILABLE,
    `${code}: ${message}`,
    retryAfterMs,
  );
}

function withRetry(code: status, text: string, retryAfterMs: number): CallStatus {
  // grpc-js percent-encodes the text, and throws on a lone surrogate.
  const details = text.toWellFormed();
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', retryDetails(code, details, retryAfterMs));
  return { code, details, metadata };
}

/** The stable word a status begins with. */
export function wordOf({ details }: CallStatus): string {
  return details.slice(0, details.indexOf(':'));
}
