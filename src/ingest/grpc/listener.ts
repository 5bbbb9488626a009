import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { Sender } from '../admission.ts';

import { peerOf } from '../http/connection.ts';
import { listen } from '../http/listener.ts';
import type { ServerTls } from '../http/settings.ts';
import { limitConnections } from '../http/sockets.ts';
import { loadTlsFiles, watchTlsFiles } from '../tls-files.ts';
import type { Door } from './door.ts';
import { CONNECTIONS_MAX, HANDSHAKE_MS_MAX } from './limits.ts';

export interface Listener {
  readonly address: AddressInfo;
  /** Serves connections from now on with these files, or without TLS. Rejects with `TlsFilesError`. */
  setTls(tls: ServerTls | undefined): Promise<void>;
  /** When the certificate in force expires; undefined without TLS. */
  certificateNotAfter(): Date | undefined;
  /** Takes no more connections; those there are stay. */
  close(): void;
  destroyAll(): void;
}

/**
 * The hub's own listener below HTTP/2: grpc-js can neither count a sender's connections nor serve a
 * new certificate without a restart.
 */
export async function createListener(
  door: Door,
  onConnection: (socket: Socket) => void,
): Promise<Listener> {
  const { deps } = door;
  let secure = await createSecure(door, deps.settings.tls, onConnection);
  const server = createServer({ noDelay: true });
  server.maxConnections = CONNECTIONS_MAX.total;
  const sockets = limitConnections(server, {
    perSenderMax: () => CONNECTIONS_MAX.perSender,
    onRefused: (code, peer) => deps.onRejected({ code, alerts: 0, sender: senderAt(peer) }),
  });
  server.on('connection', (socket) => {
    if (socket.destroyed) return;
    if (secure === undefined) onConnection(socket);
    else secure.server.emit('connection', socket);
  });
  const address = await listen(server, deps.settings.address, deps.log).catch((error: unknown) => {
    secure?.close();
    throw error;
  });
  return {
    address,
    async setTls(tls) {
      const next = await createSecure(door, tls, onConnection);
      secure?.close();
      secure = next;
    },
    close() {
      secure?.close();
      server.close();
    },
    certificateNotAfter: () => secure?.notAfter(),
    destroyAll: () => sockets.destroyAll(),
  };
}

interface Secure {
  readonly server: TlsServer;
  notAfter(): Date;
  close(): void;
}

/** Handshakes only: it never listens, and changed files count from the next connection on. */
async function createSecure(
  { deps }: Door,
  tls: ServerTls | undefined,
  onConnection: (socket: Socket) => void,
): Promise<Secure | undefined> {
  if (tls === undefined) return undefined;
  const material = await loadTlsFiles(tls);
  const server = createTlsServer(
    {
      ...material,
      requestCert: material.ca !== undefined,
      rejectUnauthorized: tls.clientAuth === 'require',
      ALPNProtocols: ['h2'],
      handshakeTimeout: HANDSHAKE_MS_MAX,
    },
    onConnection,
  );
  server.on('tlsClientError', (_error, socket) => {
    deps.onRejected({ code: 'tls_handshake', alerts: 0, sender: senderAt(peerOf(socket)) });
    socket.destroy();
  });
  const watch = watchTlsFiles(tls, material, {
    onChange: (changed) => server.setSecureContext(changed),
    log: deps.log,
  });
  return { server, notAfter: () => watch.current().notAfter, close: () => watch.close() };
}

function senderAt(peer: string): Sender {
  return { input: 'grpc', peer };
}
