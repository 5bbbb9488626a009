import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { Sender } from './admission.ts';
import { createAuthenticator } from './auth.ts';
import { peerOf } from './http/connection.ts';
import { listen } from './http/listener.ts';
import type { ServerTls } from './http/settings.ts';
import { limitConnections } from './http/sockets.ts';
import type { Log } from './log.ts';
import { loadTlsFiles, type TlsFilesWatch, watchTlsFiles } from './tls-files.ts';

/** Where to listen, whom to let in, and who is told of it. */
export interface StreamServerOptions {
  /** What every sender here has in common. */
  readonly sender: Omit<Sender, 'peer'>;
  /** `host:port`. */
  readonly address: string;
  readonly tls: ServerTls | undefined;
  readonly connectionsMax: number;
  readonly connectionsPerSenderMax: number;
  /** Reads a connection to its end; the name of a client certificate is the sender's identity. */
  readonly serve: (socket: Socket, sender: Sender) => Promise<void>;
  /** A connection was not taken. The set of codes is closed. */
  readonly onRefused: (code: string, sender: Sender) => void;
  readonly log: Log;
}

/** An open address to which senders write streams, without an answer. */
export interface StreamServer {
  readonly address: AddressInfo;
  /** Takes no more connections. */
  stop(): void;
  /** Ends all connections. Resolves when what was read of them is done with. */
  end(): Promise<void>;
  /** When the certificate in force expires; undefined without TLS. */
  notAfter(): Date | undefined;
}

const HANDSHAKE_MS_MAX = 10_000;

/**
 * Listens for TCP, or for TLS where there are certificates. Rejects with a sentence that says what to
 * do, or with `TlsFilesError`; nothing is open then.
 */
export async function openStreamServer(options: StreamServerOptions): Promise<StreamServer> {
  const { tls, log, onRefused } = options;
  const secure = tls && (await createSecure(tls, options));
  const server = secure?.server ?? createServer();
  server.maxConnections = options.connectionsMax;
  const sockets = limitConnections(server, {
    perSenderMax: () => options.connectionsPerSenderMax,
    onRefused: (code, peer) => onRefused(code, { ...options.sender, peer }),
  });
  const serving = new Set<Promise<void>>();
  server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => {
    if (socket.destroyed) return;
    const served = welcome(socket, options).finally(() => serving.delete(served));
    serving.add(served);
  });
  const address = await listen(server, options.address, log).catch((error: unknown) => {
    secure?.watch.close();
    throw error;
  });
  return {
    address,
    stop() {
      secure?.watch.close();
      server.close();
    },
    async end() {
      sockets.destroyAll();
      await Promise.all(serving);
    },
    notAfter: () => secure?.watch.current().notAfter,
  };
}

/** Whether whoever sends must prove who it is: only certificates can prove anything in a stream. */
export function asksForCertificates(tls: ServerTls | undefined): boolean {
  return tls?.clientCaFile !== undefined;
}

interface Secure {
  readonly server: Server;
  readonly watch: TlsFilesWatch;
}

async function createSecure(
  tls: ServerTls,
  { log, sender, onRefused }: StreamServerOptions,
): Promise<Secure> {
  const material = await loadTlsFiles(tls);
  const server = createTlsServer({
    ...material,
    requestCert: material.ca !== undefined,
    rejectUnauthorized: tls.clientAuth === 'require',
    handshakeTimeout: HANDSHAKE_MS_MAX,
  });
  server.on('tlsClientError', (_error, socket) => {
    onRefused('tls_handshake', { ...sender, peer: peerOf(socket) });
    socket.destroy();
  });
  const watch = watchTlsFiles(tls, material, {
    onChange: (changed) => server.setSecureContext(changed),
    log,
  });
  return { server, watch };
}

async function welcome(
  socket: Socket,
  { tls, sender, serve, onRefused }: StreamServerOptions,
): Promise<void> {
  const claimed = { ...sender, peer: peerOf(socket) };
  socket.on('error', () => undefined);
  const proven = provenSender(socket, tls, claimed);
  if (proven !== undefined) return serve(socket, proven);
  onRefused('certificate_name_not_allowed', claimed);
  socket.destroy();
}

/** Undefined: the client certificate has none of the names that are let in. */
function provenSender(
  socket: Socket,
  tls: ServerTls | undefined,
  sender: Sender,
): Sender | undefined {
  if (!asksForCertificates(tls) || !(socket instanceof TLSSocket)) return sender;
  const certificate = socket.authorized ? socket.getPeerCertificate() : undefined;
  const { clientNames } = tls ?? {};
  const identity = createAuthenticator({ clientNames }).certificate(certificate);
  return identity === undefined ? undefined : { ...sender, identity };
}
