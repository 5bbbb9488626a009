import type { Server, Socket } from 'node:net';
import { peerOf } from './connection.ts';

/** The open connections of a server, below HTTP and TLS. */
export interface Sockets {
  /** Ends those on which no request ever began. */
  endSilent(): void;
  destroyAll(): void;
}

interface Limits {
  readonly perSenderMax: () => number;
  readonly onRefused: (code: string, peer: string) => void;
}

/**
 * Keeps one address from taking all connections. What is too much is closed as it is accepted, and
 * told, also when it is the server's own `maxConnections` that closes it.
 */
export function limitConnections(server: Server, { perSenderMax, onRefused }: Limits): Sockets {
  const open = new Set<Socket>();
  const openBySender = new Map<string, number>();

  function keep(socket: Socket): void {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  }

  // What a TLS server reads counts only once it is decrypted.
  server.on('secureConnection', keep);
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    const count = openBySender.get(peer) ?? 0;
    if (count >= perSenderMax()) {
      socket.destroy();
      onRefused('connections_per_sender', peer);
      return;
    }
    keep(socket);
    openBySender.set(peer, count + 1);
    socket.once('close', () => {
      const left = openBySender.get(peer)! - 1;
      if (left === 0) openBySender.delete(peer);
      else openBySender.set(peer, left);
    });
  });
  server.on('drop', (dropped) => onRefused('connections_max', peerOf(dropped ?? {})));

  return {
    endSilent: () => {
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    },
    destroyAll: () => {
      for (const socket of open) socket.destroy();
    },
  };
}
