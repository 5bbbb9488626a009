import type { MethodDefinition, ServiceDefinition } from '@grpc/proto-loader';
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
