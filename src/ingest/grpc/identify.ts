import { type Metadata, type ServerUnaryCall, status } from '@grpc/grpc-js';
import type { Sender } from '../admission.ts';
import type { Authenticator } from '../auth.ts';
import { peerOf } from '../http/connection.ts';
import type { CallStatus } from './status.ts';

/** The part of a call that says who calls. */
export interface Caller {
  readonly metadata: Metadata;
  getPeer(): string;
  getAuthContext(): ReturnType<ServerUnaryCall<unknown, unknown>['getAuthContext']>;
}

export type Identified = { readonly sender: Sender } | { readonly status: CallStatus };

/**
 * Who calls. Where anything is configured, the call must prove one thing: a token or a certificate.
 * The answer to a wrong token is the same whatever is wrong with it.
 */
export function identify(authenticator: Authenticator, caller: Caller): Identified {
  const sender = anonymous(caller);
  if (!authenticator.required) return { sender };
  const certificate = caller.getAuthContext().sslPeerCertificate;
  const [header] = caller.metadata.get('authorization');
  const identity =
    authenticator.bearer(header?.toString()) ?? authenticator.certificate(certificate);
  if (identity !== undefined) return { sender: { ...sender, identity } };
  return { status: certificate === undefined ? UNAUTHENTICATED : NAME_NOT_ALLOWED };
}

/** The sender as long as it proves nothing. */
export function anonymous(caller: Pick<Caller, 'getPeer'>): Sender {
  const peer = caller.getPeer();
  return { input: 'grpc', peer: peerOf({ remoteAddress: peer.slice(0, peer.lastIndexOf(':')) }) };
}

const UNAUTHENTICATED: CallStatus = {
  code: status.UNAUTHENTICATED,
  details:
    'unauthenticated: this hub wants to know who sends; give a token (authorization: Bearer …) or a client certificate',
};

const NAME_NOT_ALLOWED: CallStatus = {
  code: status.PERMISSION_DENIED,
  details:
    'certificate_name_not_allowed: no name in the client certificate is in ingest.grpc.tls.clientNames',
};
