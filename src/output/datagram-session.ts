import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as pause } from 'node:timers/promises';
import type { Delivery, SingleResult } from './define.ts';
import { resultOfError } from './http-result.ts';
import type { Network } from './network.ts';
import { abortable } from './one-at-a-time.ts';
import { resolved } from './resolved.ts';
import type { Session } from './session.ts';

/** A socket for datagrams to one server, which never answers. */

export interface DatagramOptions {
  readonly host: string;
  readonly port: number;
  /** The datagram of an alert. */
  readonly textOf: (delivery: Delivery) => string;
}

/**
 * Resolves the host, within the destination policy, and opens the socket until `signal` aborts. What
 * has been handed to the system counts as delivered. That nothing listens there a connected socket is
 * told after a datagram, by the next one or before it: the next one then fails.
 */
export async function openDatagrams(
  { host, port, textOf }: DatagramOptions,
  network: Network,
  signal: AbortSignal,
): Promise<Session> {
  const lookup = network.lookup(host, port);
  const { address, family } = await abortable(resolved(lookup, host), signal);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  let refusal: Error | undefined;
  socket.on('error', (error) => (refusal = error));
  signal.addEventListener('abort', () => socket.close(), { once: true });
  await abortable(connected(socket, port, address), signal);

  async function sendOne(delivery: Delivery): Promise<SingleResult> {
    try {
      if (refusal !== undefined) throw refusal;
      await sent(socket, textOf(delivery));
      return DELIVERED;
    } catch (error) {
      return resultOfError(error);
    }
  }

  return {
    isOpen: () => true,
    async send(deliveries) {
      const results: SingleResult[] = [];
      for (const delivery of deliveries) {
        results.push(await sendOne(delivery));
        if (results.length % BURST === 0) await pause(BURST_MS);
      }
      return results;
    },
  };
}

const DELIVERED: SingleResult = { outcome: 'delivered' };

/** A receiver that has nothing set up keeps about a hundred datagrams, and drops the others. */
const BURST = 20;
const BURST_MS = 5;

function connected(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(port, address, () => resolve());
  });
}

function sent(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(text, (error) => (error ? reject(error) : resolve()));
  });
}
