import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsMaterial } from '../tls-files.ts';
import { buildApp, type Path } from './app.ts';
import { listen } from './listener.ts';
import { endBadConnection } from './client-error.ts';
import { connectionOf } from './connection.ts';
import type { Door } from './door.ts';
import { applyLimits, createServer } from './node-server.ts';
import { limitConnections, type Sockets } from './sockets.ts';

/** An open address. */
export interface Endpoint {
  readonly address: AddressInfo;
  /** Puts the door's limits in force. */
  readonly applyLimits: () => void;
  /** For connections to come; those that are open keep theirs. */
  readonly setMaterial: (material: TlsMaterial) => void;
  readonly close: (graceMs: number) => Promise<void>;
}

interface EndpointOptions {
  /** `host:port`. */
  readonly address: string;
  readonly serves: (path: Path) => boolean;
  /** Present: TLS. */
  readonly material?: TlsMaterial | undefined;
}

export async function openEndpoint(
  door: Door,
  { address, serves, material }: EndpointOptions,
): Promise<Endpoint> {
  const app = await buildApp(door, {
    serves,
    createServer: (handler) => createServer(door.settings, handler, material),
    endBadConnection: (error, socket) => endAndCount(door, error, socket),
  });
  const { server } = app;
  const sockets = watchConnections(door, server);
  // The routes decide about a body before its sender is told to go on (RFC 9110, 10.1.1).
  server.on('checkContinue', (request, response) => app.routing(request, response));
  const bound = await listen(server, address, door.deps.log);
  return {
    address: bound,
    applyLimits: () => applyLimits(server, door.settings),
    setMaterial: (material) => {
      if (server instanceof TlsServer) server.setSecureContext(material);
    },
    close: (graceMs) => closeServer(server, sockets, graceMs),
  };
}

function endAndCount({ deps }: Door, error: NodeJS.ErrnoException, socket: Socket): void {
  const connection = connectionOf(socket);
  const refusal = endBadConnection(error, socket);
  if (refusal === undefined) return;
  if (connection.response?.req.complete === false) {
    // A request under way ends with its connection, and is counted by the route it reached.
    connection.failure = refusal;
    return;
  }
  deps.onRequest({ accepted: false });
  deps.onRejected({ code: refusal.code, alerts: 1, sender: connection.sender });
}

/** Counts what goes wrong below HTTP. */
function watchConnections(door: Door, server: Server): Sockets {
  const { deps } = door;
  server.on('tlsClientError', (_: Error, socket: Socket) => {
    deps.onRejected({ code: 'tls_handshake', alerts: 0, sender: connectionOf(socket).sender });
  });
  return limitConnections(server, {
    perSenderMax: () => door.settings.connectionsPerSenderMax,
    onRefused: (code, peer) =>
      deps.onRejected({ code, alerts: 0, sender: { input: 'http', peer } }),
  });
}

async function closeServer(server: Server, sockets: Sockets, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  sockets.endSilent();
  const timer = setTimeout(() => sockets.destroyAll(), graceMs);
  await closed;
  clearTimeout(timer);
}
