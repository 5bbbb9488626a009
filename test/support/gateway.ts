import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from './certificates.ts';
import type { Lifetime } from './hub-process.ts';

/** What stands on the way to a server, and fails: a network, or what speaks TLS for it. */
export interface Gateway {
  readonly port: number;
  /** Connections stay open and new ones are made, but no byte gets through any more. */
  vanish(): void;
  /** Whoever was connected meanwhile learns that nobody knows the connection. */
  comeBack(): void;
  /** Connections end, and new ones are refused. */
  refuse(): void;
  /** Takes connections again, on the same port. */
  accept(): void;
  /** From now on shows this certificate; connections end. */
  show(certificate: Certificate): void;
}

export async function startGateway(
  lifetime: Lifetime,
  targetUrl: string | (() => string),
  certificate?: Certificate,
): Promise<Gateway> {
  const sockets = new Set<Socket>();
  let isGone = false;
  const pass = (socket: Socket): void => {
    const url = typeof targetUrl === 'string' ? targetUrl : targetUrl();
    const target = connect(Number(new URL(url).port), '127.0.0.1');
    for (const [one, other] of [
      [socket, target],
      [target, socket],
    ] as const) {
      one.on('error', () => undefined);
      one.on('data', (chunk: Buffer) => {
        if (!isGone && other.writable) other.write(chunk);
      });
      one.on('close', () => other.destroySoon());
    }
  };
  const tls = certificate && createTlsServer(certificate, pass);
  const server = tls ?? createServer(pass);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reset = (): void => sockets.forEach((socket) => socket.resetAndDestroy());
  lifetime.after(() => {
    reset();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    refuse() {
      server.close();
      reset();
    },
    accept: () => void server.listen(port, '127.0.0.1'),
    vanish: () => void (isGone = true),
    comeBack() {
      isGone = false;
      reset();
    },
    show(next) {
      tls?.setSecureContext(next);
      reset();
    },
  };
}
