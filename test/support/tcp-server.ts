import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { listen } from './http-destination.ts';

/** A server of whichever protocol, to misbehave on demand: on a port of its own until the test ends. */
export interface TcpServer {
  /** `127.0.0.1:…` */
  readonly address: string;
  /** What a connection meets: who speaks the protocol, nobody, or bytes of somebody else's. */
  behaviour: ((socket: Socket) => void) | 'hang' | Buffer;
  /** Connections since the start. */
  readonly connections: () => number;
  /** How many there are now. */
  readonly open: () => number;
  /** Ends them all. */
  readonly disconnect: () => void;
  /** Ends them all as a server does that closes with bytes unread. */
  readonly reset: () => void;
  /** Ends them all and listens no more, as a server does that is restarted. */
  readonly stop: () => Promise<void>;
  /** Listens again, at the same address. */
  readonly start: () => Promise<void>;
}

export async function startTcpServer(
  t: TestContext,
  serve: (socket: Socket) => void,
): Promise<TcpServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const listener = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    behave(socket);
  });
  const port = await listen(t, listener);
  const server: TcpServer = {
    address: `127.0.0.1:${port}`,
    behaviour: serve,
    connections: () => connections,
    open: () => sockets.size,
    disconnect() {
      for (const socket of sockets) socket.destroy();
    },
    reset() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async stop() {
      const closed = once(listener, 'close');
      listener.close();
      server.disconnect();
      await closed;
    },
    async start() {
      listener.listen(port, '127.0.0.1');
      await once(listener, 'listening');
    },
  };

  function behave(socket: Socket): void {
    const { behaviour } = server;
    if (typeof behaviour === 'function') return behaviour(socket);
    socket.resume();
    if (behaviour !== 'hang') socket.write(behaviour);
  }

  return server;
}
