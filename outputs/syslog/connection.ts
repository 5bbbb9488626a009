import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, Delivery, SingleResult } from '../../src/output/define.ts';
import { resultOfError } from '../../src/output/http-result.ts';
import type { Network } from '../../src/output/network.ts';
import { abortable } from '../../src/output/one-at-a-time.ts';
import { resolved } from '../../src/output/resolved.ts';
import { keepSession, type Session } from '../../src/output/session.ts';
import { openStream } from '../../src/output/stream-session.ts';
import { framed, messageOf } from './payload.ts';
import { type SyslogSettings, targetOf } from './settings.ts';

/** One connection, or with `confirm` one after the other; with udp a socket that is none. */
export function openConnection(settings: SyslogSettings, network: Network): Connection {
  const { transport, framing, confirm } = settings;
  if (transport === 'udp') {
    return keepSession({ open: (signal) => openDatagrams(settings, network, signal) });
  }
  const stream = {
    target: { ...targetOf(settings), tls: transport === 'tls' },
    confirm,
    textOf: (delivery: Delivery) => framed(messageOf(delivery, settings), framing),
  };
  return keepSession({ open: (signal) => openStream(stream, network, signal) });
}

const DELIVERED: SingleResult = { outcome: 'delivered' };

/** The destination policy holds for names, which are resolved for each message, and addresses. */
async function openDatagrams(
  settings: SyslogSettings,
  network: Network,
  signal: AbortSignal,
): Promise<Session> {
  const { host, port } = targetOf(settings);
  const lookup = network.lookup(host, port);
  const { address, family } = await abortable(resolved(lookup, host), signal);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  socket.on('error', () => undefined);
  signal.addEventListener('abort', () => socket.close(), { once: true });
  await abortable(connected(socket, port, address), signal);

  async function sendOne(delivery: Delivery): Promise<SingleResult> {
    try {
      await sent(socket, messageOf(delivery, settings));
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

/** A receiver that has nothing set up keeps about a hundred datagrams, and drops the others. */
const BURST = 20;
const BURST_MS = 5;

function connected(socket: DatagramSocket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(port, address, () => resolve());
  });
}

/** A connected socket is told when nothing listens there, by the next message. */
function sent(socket: DatagramSocket, message: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(message, (error) => (error ? reject(error) : resolve()));
  });
}
