import type {
  MessageTypeDefinition,
  MethodDefinition,
  ServiceDefinition,
} from '@grpc/proto-loader';
import { services } from '../../src/proto/index.ts';
import type { ForwardedAlert } from './payload.ts';

/** The other hub's service, from the very files its door is made of. */

export interface PushRequest {
  readonly seq: number;
  readonly alert: ForwardedAlert;
}

export interface Reject {
  readonly seq: string;
  readonly code: string;
  readonly message: string;
}

export interface PushAck {
  readonly acked_through: string;
  readonly rejected: readonly Reject[];
  readonly credit: number;
}

const { Push } = services['tocsin.ingest.v1.AlertIngest'] as ServiceDefinition & {
  readonly Push: MethodDefinition<PushRequest, PushAck>;
};

/** The path of the Push method. */
export const PUSH_PATH = Push.path;

export function encodeRequest(request: PushRequest): Buffer {
  return Push.requestSerialize(request);
}

/** Throws on what is no `PushAck`. */
export function decodeAck(bytes: Buffer): PushAck {
  return Push.responseDeserialize(bytes);
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
    // Not ours: whoever wrote it, the status itself says enough.
    return undefined;
  }
}

function read(name: string, bytes: Buffer): object {
  return (services[name] as MessageTypeDefinition<object, object>).deserialize(bytes);
}
