import type { IncomingHttpHeaders } from 'node:http2';
import type { MessageTypeDefinition } from '@grpc/proto-loader';
import { services } from '../../proto/index.ts';
import { decoded } from '../http-url.ts';

/** What a server says at the end of a call. */
export interface GrpcStatus {
  readonly code: GrpcCode;
  /** Its own words. */
  readonly message: string;
  /** When to come back, where it says so. */
  readonly retryDelayMs?: number | undefined;
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
export type GrpcCode = (typeof CODES)[number];

export function statusIn(trailers: IncomingHttpHeaders): GrpcStatus {
  const details = trailers['grpc-status-details-bin'];
  return {
    code: CODES[Number(trailers['grpc-status'])] ?? 'UNKNOWN',
    message: decoded(String(trailers['grpc-message'] ?? '')),
    retryDelayMs:
      typeof details === 'string' ? readRetryDelayMs(Buffer.from(details, 'base64')) : undefined,
  };
}

interface StatusDetails {
  readonly details: readonly { readonly type_url: string; readonly value: Buffer }[];
}

interface RetryInfo {
  readonly retry_delay: { readonly seconds: string; readonly nanos: number } | null;
}

/** When to come back, from the trailer `grpc-status-details-bin`; undefined when it does not say. */
export function readRetryDelayMs(trailer: Buffer): number | undefined {
  try {
    const { details } = read('google.rpc.Status', trailer) as StatusDetails;
    const info = details.find(({ type_url }) => type_url.endsWith('/google.rpc.RetryInfo'));
    const delay = info && (read('google.rpc.RetryInfo', info.value) as RetryInfo).retry_delay;
    return delay ? Number(delay.seconds) * 1000 + delay.nanos / 1_000_000 : undefined;
  } catch {
    // Whoever wrote it, the status itself says enough.
    return undefined;
  }
}

function read(name: string, bytes: Buffer): object {
  return (services[name] as MessageTypeDefinition<object, object>).deserialize(bytes);
}
