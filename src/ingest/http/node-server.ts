import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { TlsMaterial } from '../tls-files.ts';
import type { HttpSettings } from './settings.ts';

const HEADER_BYTES_MAX = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
/** Falco keeps one connection, silent for long: Node's 5 s would close it as Falco writes. */
const KEEP_ALIVE_MS = 75_000;
/** For a sender that stops reading its answer. */
const SILENCE_MS = 60_000;
const HANDSHAKE_MS = 10_000;

/** A server for HTTP/1.1, over TLS when there is material for it. It does not listen yet. */
export function createServer(
  settings: HttpSettings,
  handler: RequestListener,
  material: TlsMaterial | undefined,
): Server {
  const { requestTimeout, tls } = settings;
  const options = {
    maxHeaderSize: HEADER_BYTES_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // How exactly the timeouts below are kept.
    connectionsCheckingInterval: Math.min(1000, Math.ceil(requestTimeout / 4)),
  };
  const server =
    material === undefined
      ? createHttpServer(options, handler)
      : createHttpsServer(
          {
            ...options,
            ...material,
            requestCert: material.ca !== undefined,
            rejectUnauthorized: tls?.clientAuth === 'require',
            ALPNProtocols: ['http/1.1'],
            handshakeTimeout: HANDSHAKE_MS,
          },
          handler,
        );
  server.setTimeout(SILENCE_MS);
  // A sender may close its side behind a request (`nc -N` does) and still want the answer. Node
  // has this switch, but does not document it.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('request', endWithSender);
  applyLimits(server, settings);
  return server;
}

/**
 * Where a request asks for an upgrade, which nobody makes here, Node finds nothing wrong with a body
 * that ends too early, and would wait for the rest.
 */
function endWithSender(request: IncomingMessage): void {
  if (request.headers.upgrade === undefined) return;
  const { socket } = request;
  const end = (): void => {
    if (!request.complete) socket.destroy();
  };
  socket.once('end', end);
  request.once('close', () => socket.off('end', end));
}

/** The limits that hold from the next request or connection on. */
export function applyLimits(server: Server, settings: HttpSettings): void {
  server.requestTimeout = settings.requestTimeout;
  server.headersTimeout = Math.min(HEADERS_TIMEOUT_MS, settings.requestTimeout);
  server.maxConnections = settings.connectionsMax;
}
