import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sender } from '../admission.ts';
import type { ServerTls } from '../http/settings.ts';
import { openStreamServer } from '../stream-server.ts';
import { BATCH_MAX, readMessages, storeAlerts, type SyslogIngestDeps } from './door.ts';
import { Framer, type Frames } from './framer.ts';

/** How long a connection is held back before what it sent is given up. */
const REFUSED_MS_MAX = 30_000;

/** An open address. */
export interface Endpoint {
  readonly address: AddressInfo;
  /** Takes no more connections. */
  stop(): void;
  /** Resolves when nothing is under way. */
  close(graceMs: number): Promise<void>;
  notAfter?(): Date | undefined;
}

/** Syslog over TCP, or over TLS (RFC 5425) where there are certificates. */
export async function openStream(
  deps: SyslogIngestDeps,
  address: string,
  tls?: ServerTls,
): Promise<Endpoint> {
  const { connectionsMax, connectionsPerSenderMax } = deps.settings;
  const stopping = new AbortController();
  const server = await openStreamServer({
    sender: { input: 'syslog' },
    address,
    tls,
    connectionsMax,
    connectionsPerSenderMax,
    serve: (socket, sender) => serve(deps, socket, sender, stopping.signal),
    onRefused: (code, sender) => deps.onRejected({ code, alerts: 0, sender }),
    log: deps.log,
  });
  return {
    address: server.address,
    stop: () => server.stop(),
    async close(graceMs) {
      stopping.abort();
      await Promise.race([server.end(), sleep(graceMs, undefined, { ref: false })]);
    },
    notAfter: () => server.notAfter(),
  };
}

/** Reads a connection to its end. While messages wait for the hub, nothing more is read from it. */
async function serve(
  deps: SyslogIngestDeps,
  socket: Socket,
  sender: Sender,
  stopping: AbortSignal,
): Promise<void> {
  let isHeldBack = false;
  socket.setTimeout(deps.settings.idleTimeout);
  socket.on('timeout', () => {
    // A sender that is held back cannot send.
    if (!isHeldBack) socket.destroy();
  });
  const framer = new Framer(deps.settings.messageBytesMax);
  try {
    for await (const chunk of socket) {
      isHeldBack = true;
      await store(deps, framer.push(chunk as Buffer), sender, stopping);
      isHeldBack = false;
      // It may have run out meanwhile, and would not run again.
      socket.setTimeout(deps.settings.idleTimeout);
    }
  } catch {
    // The sender went away. What it sent whole has been taken.
  }
  await store(deps, framer.end(), sender, stopping);
}

async function store(
  deps: SyslogIngestDeps,
  { messages, tooLong }: Frames,
  sender: Sender,
  stopping: AbortSignal,
): Promise<void> {
  if (tooLong > 0) deps.onRejected({ code: 'body_too_large', alerts: tooLong, sender });
  for (let at = 0; at < messages.length; at += BATCH_MAX) {
    await storeBatch(deps, messages.slice(at, at + BATCH_MAX), sender, stopping);
  }
}

/** Refusals that pass, while the sender is held back. After others, messages are lost or went on. */
const PASSING: ReadonlySet<string> = new Set([
  'rate_limited',
  'sender_share',
  'queue_full',
  'queue_busy',
  'starting',
]);

async function storeBatch(
  deps: SyslogIngestDeps,
  messages: readonly string[],
  sender: Sender,
  stopping: AbortSignal,
): Promise<void> {
  const endMs = performance.now() + (deps.refusedMsMax ?? REFUSED_MS_MAX);
  let alerts: readonly unknown[] = messages;
  try {
    alerts = readMessages(deps, messages, sender);
    for (;;) {
      const left = await storeAlerts(deps, alerts, sender);
      if (left === undefined) return;
      alerts = left.alerts;
      const { code, retryAfterMs } = left;
      const leftMs = endMs - performance.now();
      if (!PASSING.has(code) || leftMs <= 0 || stopping.aborted) {
        return deps.onRejected({ code, alerts: alerts.length, sender });
      }
      await sleep(Math.min(leftMs, Math.max(50, retryAfterMs)), undefined, {
        signal: stopping,
      }).catch(() => undefined);
    }
  } catch (error) {
    deps.log.error({ err: error }, 'messages of syslog failed');
    deps.onRejected({ code: 'internal', alerts: alerts.length, sender });
  }
}
