import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { peerOf } from '../http/connection.ts';
import { parseAddress } from '../http/listener.ts';
import { BATCH_MAX, readMessages, storeAlerts, type SyslogIngestDeps } from './door.ts';
import { textOf } from './framer.ts';
import type { Endpoint } from './stream.ts';

/** What waits for the hub, of all senders and of one. */
const WAITING_MAX = 20_000;
const WAITING_BYTES_MAX = 32 * 1024 * 1024;
const WAITING_PER_SENDER_MAX = 10_000;
/** What is stored at the same time shares a write to the disk; a forger has thousands of addresses. */
const SENDERS_AT_ONCE = 32;
/** What the kernel keeps while the hub is busy; it may grant less. */
const KERNEL_BYTES = 4 * 1024 * 1024;

interface Waiting {
  readonly peer: string;
  readonly message: string;
}

/**
 * Syslog over UDP. A datagram has no answer, and its sender's address is a claim: what cannot be
 * taken is shed and counted.
 */
export async function openDatagrams(deps: SyslogIngestDeps, address: string): Promise<Endpoint> {
  const socket = await bind(address, deps);
  const queue = new Datagrams(deps);
  socket.on('message', (bytes, { address: remoteAddress }) => {
    queue.push(peerOf({ remoteAddress }), bytes);
  });
  socket.on('error', (error) => deps.log.error({ err: error.message }, 'syslog over UDP failed'));
  return {
    address: socket.address(),
    // Who sends datagrams is not told that the hub is going.
    stop: () => undefined,
    async close(graceMs) {
      socket.close();
      await Promise.race([queue.idle(), sleep(graceMs, undefined, { ref: false })]);
    },
  };
}

class Datagrams {
  readonly #deps: SyslogIngestDeps;
  readonly #bySender = new Map<string, number>();
  #waiting: Waiting[] = [];
  #bytes = 0;
  #running: Promise<void> | undefined;

  constructor(deps: SyslogIngestDeps) {
    this.#deps = deps;
  }

  push(peer: string, bytes: Buffer): void {
    const { settings, onRejected } = this.#deps;
    const sender = { input: 'syslog', peer } as const;
    const ofSender = this.#bySender.get(peer) ?? 0;
    if (bytes.length > settings.messageBytesMax) {
      return onRejected({ code: 'body_too_large', alerts: 1, sender });
    }
    const isFull =
      this.#waiting.length >= WAITING_MAX || this.#bytes + bytes.length > WAITING_BYTES_MAX;
    if (isFull || ofSender >= WAITING_PER_SENDER_MAX) {
      return onRejected({ code: 'udp_overflow', alerts: 1, sender });
    }
    const message = textOf(bytes);
    if (message === '') return;
    this.#waiting.push({ peer, message });
    this.#bySender.set(peer, ofSender + 1);
    this.#bytes += bytes.length;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async idle(): Promise<void> {
    await this.#running;
  }

  /** All that waits is taken at once, and by sender, in the order in which it came. */
  async #run(): Promise<void> {
    // What comes in the same moment is stored together.
    await sleep(0);
    while (this.#waiting.length > 0) {
      const taken = Map.groupBy(this.#waiting, ({ peer }) => peer);
      this.#waiting = [];
      this.#bytes = 0;
      this.#bySender.clear();
      const senders = [...taken];
      for (let at = 0; at < senders.length; at += SENDERS_AT_ONCE) {
        const some = senders.slice(at, at + SENDERS_AT_ONCE);
        await Promise.all(some.map(([peer, datagrams]) => this.#store(peer, datagrams)));
      }
    }
  }

  async #store(peer: string, datagrams: readonly Waiting[]): Promise<void> {
    const sender = { input: 'syslog', peer, isClaimed: true } as const;
    const { onRejected, log } = this.#deps;
    for (let at = 0; at < datagrams.length; at += BATCH_MAX) {
      const messages = datagrams.slice(at, at + BATCH_MAX).map(({ message }) => message);
      try {
        const alerts = readMessages(this.#deps, messages, sender);
        const left = await storeAlerts(this.#deps, alerts, sender);
        if (left) onRejected({ code: left.code, alerts: left.alerts.length, sender });
      } catch (error) {
        log.error({ err: error }, 'datagrams of syslog failed');
        onRejected({ code: 'internal', alerts: messages.length, sender });
      }
    }
  }
}

/** `[::]` takes IPv4, too, and becomes `0.0.0.0` where there is no IPv6. */
async function bind(address: string, { log }: SyslogIngestDeps): Promise<Socket> {
  const { host, port } = parseAddress(address);
  try {
    return await bindTo(host, port);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (host === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')) {
      log.info({ address, code }, 'no IPv6 here, listening on IPv4 only');
      return bindTo('0.0.0.0', port);
    }
    throw new Error(`Cannot take datagrams on ${address}: ${code}.`, { cause: error });
  }
}

function bindTo(host: string, port: number): Promise<Socket> {
  const type = isIPv6(host) ? 'udp6' : 'udp4';
  const socket = createSocket({ type, recvBufferSize: KERNEL_BYTES });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, host, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
