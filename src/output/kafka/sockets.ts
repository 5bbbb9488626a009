import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';
import { foreignServer } from '../conversation.ts';
import { retryError } from '../http-error.ts';
import { decoded } from '../http-url.ts';
import type { LateSocket } from '../late-socket.ts';
import type { Network } from '../network.ts';
import { createFrameCheck } from './frames.ts';

/** The sockets of one client: its way out, its end, and what it does not tell about failures. */
export interface Sockets {
  readonly factory: ISocketFactory;
  /** What ended the last connection to a broker (`host:port`); kafkajs keeps the message alone. */
  readonly errorOf: (broker: string) => Error | undefined;
  /** Ends all of them, so that whoever waits for an answer is told, and opens no more. */
  destroy(): void;
}

/**
 * A broker to begin with, in the form kafkajs wants: it cuts the text at the first colon, where an
 * IPv6 address has many. `factory` undoes it.
 */
export function seedOf({ host, port }: { host: string; port: number }): string {
  return `${encodeURIComponent(host)}:${port}`;
}

export function createSockets(network: Network, { plaintext }: { plaintext: boolean }): Sockets {
  const sockets = new Set<LateSocket>();
  const errors = new Map<string, Error>();
  let isDestroyed = false;

  const factory: ISocketFactory = ({ host, port, onConnect }) => {
    if (isDestroyed) throw CLOSED;
    const broker = `${host}:${port}`;
    const socket = network.socket({ host: decoded(host), port, tls: !plaintext });
    checkFrames(socket, decoded(broker));
    sockets.add(socket);
    socket.on('connect', () => {
      errors.delete(broker);
      onConnect();
    });
    socket.on('error', (error) => errors.set(broker, error));
    // kafkajs ends a connection when it is done with it, and then waits for the broker to do so, too.
    socket.on('finish', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    // Its type asks for a whole socket; it uses what every stream has, and `unref`.
    return socket as unknown as Socket;
  };

  return {
    factory,
    errorOf: (broker) => errors.get(broker),
    destroy() {
      isDestroyed = true;
      for (const socket of sockets) socket.destroy(CLOSED);
    },
  };
}

const CLOSED = retryError('network', 'network', 'this hub ended the connection');

/** Nothing may reach kafkajs that it cannot bear, so the check stands where data comes in. */
function checkFrames(socket: LateSocket, broker: string): void {
  const isBearable = createFrameCheck();
  const push = socket.push.bind(socket);
  socket.push = (chunk: Buffer | null) => {
    if (chunk === null || isBearable(chunk)) return push(chunk);
    socket.destroy(foreignServer(broker, 'no Kafka broker, or wants TLS'));
    return false;
  };
}
