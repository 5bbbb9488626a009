import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Sender } from '../admission.ts';
import type { Authenticator } from '../auth.ts';
import type { Refusal } from './answer.ts';

/** What is known of an open connection, kept so that it is not found out for every request. */
export interface Connection {
  /** The sender, as long as it proves nothing. */
  readonly sender: Sender;
  /** The answer to the latest request. */
  response: ServerResponse | undefined;
  /** What was answered when the connection could not go on. */
  failure: Refusal | undefined;
  /** Whom the client certificate proved to this authenticator. */
  proof: { readonly by: Authenticator; readonly identity: string | undefined } | undefined;
}

const connections = new WeakMap<Socket, Connection>();

export function connectionOf(socket: Socket): Connection {
  let connection = connections.get(socket);
  if (connection === undefined) {
    connection = {
      sender: { input: 'http', peer: peerOf(socket) },
      response: undefined,
      failure: undefined,
      proof: undefined,
    };
    connections.set(socket, connection);
  }
  return connection;
}

/** The address at the other end. A proxy's headers are claims, and count for nothing. */
export function peerOf({
  remoteAddress = 'unknown',
}: {
  remoteAddress?: string | undefined;
}): string {
  return remoteAddress.startsWith('::ffff:')
    ? remoteAddress.slice('::ffff:'.length)
    : remoteAddress;
}

/** Whom the connection's client certificate proves; its names are read once. */
export function certificateIdentity(
  socket: Socket,
  authenticator: Authenticator,
): string | undefined {
  const connection = connectionOf(socket);
  if (connection.proof?.by !== authenticator) {
    const identity = isVerified(socket)
      ? authenticator.certificate(socket.getPeerCertificate())
      : undefined;
    connection.proof = { by: authenticator, identity };
  }
  return connection.proof.identity;
}

/** Whether the connection has a client certificate that the senders' authority signed. */
export function isVerified(socket: Socket): socket is TLSSocket {
  return socket instanceof TLSSocket && socket.authorized;
}
