import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import type { MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader';
import { readDescriptors, services } from '../../proto/index.ts';

/** The services as grpc-js takes them, and the messages as `src/proto` reads them. */

export interface AlertMessage {
  readonly uuid: string;
  readonly time: { readonly seconds: string; readonly nanos: number } | null;
  readonly rule: string;
  readonly priority: string | number;
  readonly source: string;
  readonly output: string;
  readonly hostname: string;
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, ValueMessage>>;
  readonly raw_json: string;
  readonly agent: string;
  readonly origin: string;
  readonly hops: number;
  readonly read_as: string;
}

/** `google.protobuf.Value`: at most one of these. */
export interface ValueMessage {
  readonly nullValue?: unknown;
  readonly numberValue?: number;
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly structValue?: { readonly fields: Readonly<Record<string, ValueMessage>> };
  readonly listValue?: { readonly values: readonly ValueMessage[] };
}

export interface PushRequest {
  readonly seq: string;
  readonly alert: AlertMessage | null;
}

export type RejectCode =
  | 'CODE_UNSPECIFIED'
  | 'INVALID'
  | 'TOO_LARGE'
  | 'DUPLICATE'
  | 'UNAUTHORISED_SOURCE';

export interface Reject {
  readonly seq: string;
  readonly code: RejectCode;
  readonly message: string;
}

export interface PushAck {
  readonly acked_through: string;
  readonly rejected: readonly Reject[];
  readonly credit: number;
}

export interface BatchRequest {
  readonly alerts: readonly AlertMessage[];
}

export interface BatchResponse {
  readonly accepted: number;
  readonly rejected: readonly Reject[];
}

const ingest = services['tocsin.ingest.v1.AlertIngest'] as ServiceDefinition;

/**
 * Requests arrive as they were on the wire: what a sender has under way is held, and counted, as
 * bytes, and is taken apart only when its turn has come.
 */
export const alertIngest: ServiceDefinition = {
  Push: { ...method('Push'), requestDeserialize: untouched },
  PushBatch: { ...method('PushBatch'), requestDeserialize: untouched },
};

const LOGS_SERVICE = 'opentelemetry.proto.collector.logs.v1.LogsService';

/** OpenTelemetry's service for logs. Its messages stay bytes: `otlp/decode.ts` reads them. */
export const logsService: ServiceDefinition = {
  Export: {
    path: `/${LOGS_SERVICE}/Export`,
    requestStream: false,
    responseStream: false,
    requestSerialize: untouched,
    requestDeserialize: untouched,
    responseSerialize: untouched,
    responseDeserialize: untouched,
  },
};

export const health = services['grpc.health.v1.Health'] as ServiceDefinition;

/** The names under which a health check may ask. */
export const INGEST_SERVICE = 'tocsin.ingest.v1.AlertIngest';

/** These throw on bytes that are no such message. */
export const readPush = method('Push').requestDeserialize as (bytes: Buffer) => PushRequest;
export const readBatch = method('PushBatch').requestDeserialize as (bytes: Buffer) => BatchRequest;

/** Reads the `seq` of a PushRequest and steps over its alert, however large that is. */
export function readSeq(bytes: Buffer): string {
  return (sequence.deserialize(bytes) as { seq: string }).seq;
}

/** `google.rpc.Status` with a `RetryInfo`, for the trailer `grpc-status-details-bin`. */
export function retryDetails(code: number, message: string, delayMs: number): Buffer {
  const retry_delay = {
    seconds: Math.trunc(delayMs / 1000),
    nanos: Math.trunc(delayMs % 1000) * 1_000_000,
  };
  const value = messageType(services, 'google.rpc.RetryInfo').serialize({ retry_delay });
  const details = [{ type_url: 'type.googleapis.com/google.rpc.RetryInfo', value }];
  return messageType(services, 'google.rpc.Status').serialize({ code, message, details });
}

const sequence = messageType(
  readDescriptors({ nested: { Sequence: { fields: { seq: { type: 'uint64', id: 1 } } } } }),
  'Sequence',
);

function method(name: 'Push' | 'PushBatch'): MethodDefinition<object, object> {
  return ingest[name] as MethodDefinition<object, object>;
}

function untouched(bytes: Buffer): Buffer {
  return bytes;
}

function messageType(from: PackageDefinition, name: string): MessageTypeDefinition<object, object> {
  return from[name] as MessageTypeDefinition<object, object>;
}
