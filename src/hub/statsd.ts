import { createSocket } from 'node:dgram';
import {
  createFresh,
  dogstatsdLines,
  packetsOf,
  type Sum,
  statsdLines,
} from '../observe/statsd.ts';
import { addressOf } from '../output/address.ts';
import { resultOfError } from '../output/http.ts';
import { createNetwork, type Network } from '../output/network.ts';
import { resolved } from '../output/resolved.ts';
import type { Hub } from './hub.ts';

/** The hub's counters, told to StatsD and DogStatsD over UDP. */

export const STATSD_PORT = 8125;
const INTERVAL_MS_MIN = 100;

interface Receiver {
  readonly name: string;
  readonly address: string;
  readonly intervalMs: number;
  readonly linesOf: (sums: readonly Sum[]) => readonly string[];
}

/** Tells each receiver again and again. Resolves, once stopped, when the last counts are on their way. */
export function startStatsd(hub: Hub): () => Promise<void> {
  const stops = receiversOf(hub).map((receiver) => startReceiver(hub, receiver));
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

function receiversOf({ loaded }: Hub): Receiver[] {
  const { statsd, dogstatsd } = loaded.config.metrics;
  return [
    ...receiverOf('statsd', statsd, (sums, { prefix }) => statsdLines(sums, prefix)),
    ...receiverOf('dogstatsd', dogstatsd, (sums, { prefix, tags }) =>
      dogstatsdLines(sums, prefix, tags),
    ),
  ];
}

/** None where it is not configured. */
function receiverOf<Settings extends { readonly address: string; readonly interval: number }>(
  name: string,
  settings: Settings | undefined,
  linesOf: (sums: readonly Sum[], settings: Settings) => readonly string[],
): Receiver[] {
  if (settings === undefined) return [];
  const { address, interval } = settings;
  return [{ name, address, intervalMs: interval, linesOf: (sums) => linesOf(sums, settings) }];
}

function startReceiver(hub: Hub, receiver: Receiver): () => Promise<void> {
  const fresh = createFresh(hub.metrics);
  const network = createNetwork({
    caFiles: [],
    verify: true,
    proxy: 'none',
    allowDestinations: hub.loaded.config.client.allowDestinations,
    refuseListeners: () => hub.doors.listeners(),
  });
  let isFailing = false;
  let isTelling = false;

  async function tell(): Promise<void> {
    if (isTelling) return;
    isTelling = true;
    try {
      const { sums, commit } = await fresh();
      await send(network, receiver.address, packetsOf(receiver.linesOf(sums)));
      commit();
      isFailing = false;
    } catch (error) {
      const result = resultOfError(error);
      const detail = result.outcome === 'delivered' ? '' : result.detail;
      const text = 'Counters cannot be sent; they are sent later.';
      if (!isFailing) hub.options.log.warn({ receiver: receiver.name, detail }, text);
      isFailing = true;
    } finally {
      isTelling = false;
    }
  }

  const intervalMs = Math.max(INTERVAL_MS_MIN, receiver.intervalMs);
  const timer = setInterval(() => void tell(), intervalMs).unref();
  return async () => {
    clearInterval(timer);
    await tell();
  };
}

/** The name is resolved each time: a receiver may move. */
async function send(network: Network, where: string, packets: readonly string[]): Promise<void> {
  const target = addressOf(where, STATSD_PORT);
  if (target === undefined || packets.length === 0) return;
  const { host, port } = target;
  const { address, family } = await resolved(network.lookup(host, port), host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  socket.on('error', () => undefined);
  try {
    for (const packet of packets) {
      await new Promise<void>((resolve, reject) => {
        socket.send(packet, port, address, (error) => (error ? reject(error) : resolve()));
      });
    }
  } finally {
    socket.close();
  }
}
