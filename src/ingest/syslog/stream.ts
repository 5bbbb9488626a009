import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { Sender } from '../admission.ts';
import { createAuthenticator } from '../auth.ts';
import { peerOf } from '../http/connection.ts';
import { listen } from '../http/listener.ts';
import type { ServerTls } from '../http/settings.ts';
import { limitConnections } from '../http/sockets.ts';
import { loadTlsFiles, watchTlsFiles } from '../tls-files.ts';
import type { SyslogIngestDeps } from './door.ts';
import { BATCH_MAX, readMessages, storeAlerts } from './door.ts';
import type { Frames } from './framer.ts';
import { Framer } from './framer.ts';

const HANDSHAKE_MS_MAX = 10_000;
/** How long a connection is held back before what it sent is given up. */
const REFUSED_MS_MAX = 30_000;

/** An open address. */
export interface Endpoint {
  readonly address: AddressInfo;
  /** Takes no more connections. */
  stop(): void;
  /** Resolves when nothing is under way. */
  close(graceMs: number): Promise<void>;
  notAfter?(): Date;
}

/** Syslog over TCP, or over TLS (RFC 5425) where there are certificates. */
export async function openStream(
  deps: SyslogIngestDeps,
  address: string,
  tls?: ServerTls,
): Promise<Endpoint> {
  const secure = tls && (await createSecure(tls, deps));
  const server = secure?.server ?? createServer();
  server.maxConnections = deps.settings.connectionsMax;
  const stopping = new AbortController();
  const serving = new Set<Promise<void>>();
  const sockets = limitConnections(server, {
    perSenderMax: () => deps.settings.connectionsPerSenderMax,
    onRefused: (code, peer) => deps.onRejected({ code, alerts: 0, sender: senderAt(peer) }),
  });
  server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => {
    if (socket.destroyed) return;
    const served = serve(deps, socket, tls, stopping.signal).finally(() => serving.delete(served));
    serving.add(served);
  });
  const bound = await listen(server, address, deps.log).catch((error: unknown) => {
    secure?.watch.close();
    throw error;
  });
  return {
    address: bound,
    stop() {
      secure?.watch.close();
      server.close();
    },
    async close(graceMs) {
      stopping.abort();
      sockets.destroyAll();
      await Promise.race([Promise.all(serving), sleep(graceMs, undefined, { ref: false })]);
    },
    ...(secure && { notAfter: () => secure.watch.current().notAfter }),
  };
}

async function createSecure(tls: ServerTls, { log, onRejected }: SyslogIngestDeps) {
  const material = await loadTlsFiles(tls);
  const server = createTlsServer({
    ...material,
    requestCert: material.ca !== undefined,
    rejectUnauthorized: tls.clientAuth === 'require',
    handshakeTimeout: HANDSHAKE_MS_MAX,
  });
  server.on('tlsClientError', (_error, socket) => {
    onRejected({ code: 'tls_handshake', alerts: 0, sender: senderAt(peerOf(socket)) });
    socket.destroy();
  });
  const watch = watchTlsFiles(tls, material, {
    onChange: (changed) => server.setSecureContext(changed),
    log,
  });
  return { server: server as Server & typeof server, watch };
}

function senderAt(peer: string): Sender {
  return { input: 'syslog', peer };
}

/** Reads a connection to its end. While messages wait for the hub, nothing more is read from it. */
async function serve(
  deps: SyslogIngestDeps,
  socket: Socket,
  tls: ServerTls | undefined,
  stopping: AbortSignal,
): Promise<void> {
  const sender = senderOf(socket, tls);
  socket.on('error', () => undefined);
  if (sender === undefined) {
    deps.onRejected({
      code: 'certificate_name_not_allowed',
      alerts: 0,
      sender: senderAt(peerOf(socket)),
    });
    socket.destroy();
    return;
  }
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

/** Undefined: the client certificate has none of the names that are let in. */
function senderOf(socket: Socket, tls: ServerTls | undefined): Sender | undefined {
  const sender = senderAt(peerOf(socket));
  if (tls?.clientCaFile === undefined || !(socket instanceof TLSSocket)) return sender;
  const { clientNames } = tls;
  const certificate = socket.authorized ? socket.getPeerCertificate() : undefined;
  const identity = createAuthenticator({ clientNames }).certificate(certificate);
  return identity === undefined ? undefined : { ...sender, identity };
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
