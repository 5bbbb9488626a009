import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect as netConnect, isIP, type Socket } from 'node:net';
import { connect as tlsConnect, type SecureContext } from 'node:tls';
import type { buildConnector } from 'undici';
import { request as httpRequest } from '../node-http.ts';
import type { Dialer } from './dialer.ts';
import { checkLiteral, guardedLookup } from './guard.ts';
import { httpErrorOf, retryError } from './http-error.ts';
import { hostOf, portOf, whereOf } from './http-url.ts';
import { proxyAuthorization } from './proxy.ts';

/** Where a connection shall lead. */
export interface Target {
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  /** Whether TLS is spoken from the first byte on. */
  readonly tls: boolean;
  /** Protocols offered in the TLS handshake (ALPN, RFC 7301), such as `h2`. */
  readonly alpn?: readonly string[] | undefined;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Time one of several addresses has before the next is tried. */
const ADDRESS_TIMEOUT_MS = 1000;
const KEEP_ALIVE_PROBE_MS = 60_000;

/**
 * Connects a socket to a host and port, through a tunnel (RFC 9110, 9.3.6) where a proxy is meant for
 * it. One that the output names takes everything; `HTTPS_PROXY` takes what speaks TLS, and
 * `HTTP_PROXY` nothing, because it is for requests that a proxy can read. Rejects with `HttpError`.
 */
export async function dial(dialer: Dialer, target: Target, signal: AbortSignal): Promise<Socket> {
  const url = urlOf(target);
  return inTime(dialer, url, signal, (deadline) => {
    const proxy = target.tls || dialer.isProxyOwn ? dialer.proxyOf(url) : undefined;
    return openDestination(dialer, { url, proxy, alpn: target.alpn }, deadline);
  });
}

/** Connects undici to destinations; `http:` requests go to a proxy by the other connector. */
export function destinationConnector(dialer: Dialer, stop: AbortSignal): buildConnector.connector {
  return connectorOf(dialer, stop, (url, deadline) => {
    const proxy = url.protocol === 'https:' ? dialer.proxyOf(url) : undefined;
    return openDestination(dialer, { url, proxy, alpn: ['http/1.1'] }, deadline);
  });
}

/** Connects undici to a proxy itself, for `http:` requests that it forwards. */
export function proxyConnector(dialer: Dialer, stop: AbortSignal): buildConnector.connector {
  return connectorOf(dialer, stop, (url, deadline) => openProxy(dialer, url, deadline));
}

type Open = (url: URL, deadline: AbortSignal) => Promise<Socket>;

function connectorOf(dialer: Dialer, stop: AbortSignal, open: Open): buildConnector.connector {
  async function connect(url: URL, callback: buildConnector.Callback): Promise<void> {
    let socket: Socket;
    try {
      socket = await inTime(dialer, url, stop, (deadline) => open(url, deadline));
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    callback(null, socket);
  }
  return ({ protocol, host, hostname }, callback) =>
    void connect(new URL(`${protocol}//${host ?? hostname}`), callback);
}

async function inTime(
  { connectTimeoutMs = CONNECT_TIMEOUT_MS }: Dialer,
  url: URL,
  stop: AbortSignal,
  open: (deadline: AbortSignal) => Promise<Socket>,
): Promise<Socket> {
  try {
    return await open(AbortSignal.any([stop, AbortSignal.timeout(connectTimeoutMs)]));
  } catch (error) {
    throw connectError(error, whereOf(url));
  }
}

/** A connection that takes too long is the network's fault, not a slow answer. */
function connectError(error: unknown, where: string): Error {
  const known = httpErrorOf(error, where);
  if (known.code !== 'timeout') return known;
  return retryError('network', 'network', `${where}: no connection in time`);
}

/**
 * The target as a URL, whose host has one spelling: what else counts as an address (`0x7f.1`) is
 * written as one. Throws `HttpError`.
 */
export function urlOf({ host, port, tls }: Target): URL {
  const name = isIP(host) === 6 ? `[${host}]` : host;
  const url = HOST.test(name) ? URL.parse(`${tls ? 'https' : 'http'}://${name}:${port}`) : null;
  if (url !== null) return url;
  throw retryError('url_invalid', 'client', 'the host is no name or address, or the port is none');
}

/** Anything else would make another URL of it. */
const HOST = /^(?:\[[\da-f:.]+\]|[^\s:/?#@\\[\]]+)$/i;

interface Way {
  readonly url: URL;
  /** Whose tunnel it goes through. */
  readonly proxy: URL | undefined;
  readonly alpn: readonly string[] | undefined;
}

async function openDestination(dialer: Dialer, way: Way, deadline: AbortSignal): Promise<Socket> {
  const { url, proxy, alpn } = way;
  const material = url.protocol === 'https:' ? dialer.tls() : undefined;
  const socket = proxy
    ? await openTunnel(dialer, proxy, url, deadline)
    : await openTcp(dialer, url, deadline);
  if (material === undefined) return socket;
  const name = dialer.serverName ?? hostOf(url);
  return secure(
    socket,
    { name, context: material.destination, verify: dialer.verify, alpn },
    deadline,
  );
}

async function openTcp(dialer: Dialer, url: URL, deadline: AbortSignal): Promise<Socket> {
  const [host, port] = [hostOf(url), portOf(url)];
  checkLiteral(dialer.policy, url);
  const socket = netConnect({
    host,
    port,
    lookup: guardedLookup(dialer, port),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
  });
  return ready(socket, 'connect', deadline);
}

async function openProxy(dialer: Dialer, proxy: URL, deadline: AbortSignal): Promise<Socket> {
  try {
    if (proxy.protocol === 'http:') return await openTcp(dialer, proxy, deadline);
    const context = dialer.tls().proxy();
    const socket = await openTcp(dialer, proxy, deadline);
    const way = { name: hostOf(proxy), context, verify: dialer.verify, alpn: ['http/1.1'] };
    return await secure(socket, way, deadline);
  } catch (error) {
    throw connectError(error, `proxy ${whereOf(proxy)}`);
  }
}

async function openTunnel(
  dialer: Dialer,
  proxy: URL,
  url: URL,
  deadline: AbortSignal,
): Promise<Socket> {
  checkLiteral(dialer.policy, url);
  const socket = await openProxy(dialer, proxy, deadline);
  const path = whereOf(url);
  const request = httpRequest({
    method: 'CONNECT',
    path,
    headers: { host: path, ...proxyAuthorization(proxy) },
    createConnection: () => socket,
  }).end();
  try {
    const [answer, , head] = (await once(request, 'connect', { signal: deadline })) as [
      IncomingMessage,
      Socket,
      Buffer,
    ];
    checkTunnel(answer.statusCode ?? 0, proxy);
    if (head.length > 0) socket.unshift(head);
    return socket;
  } catch (error) {
    request.on('error', () => undefined);
    socket.destroy();
    throw connectError(error, `proxy ${whereOf(proxy)}`);
  }
}

function checkTunnel(status: number, proxy: URL): void {
  if (status === 200) return;
  const where = `proxy ${whereOf(proxy)}`;
  if (status === 407) {
    throw retryError('proxy_refused', 'auth', `${where}: it wants other credentials (407)`);
  }
  throw retryError('proxy_refused', 'network', `${where}: it made no tunnel (HTTP ${status})`);
}

interface Security {
  /** Checked against the certificate. */
  readonly name: string;
  readonly context: SecureContext;
  readonly verify: boolean;
  readonly alpn: readonly string[] | undefined;
}

async function secure(
  socket: Socket,
  { name, context, verify, alpn }: Security,
  deadline: AbortSignal,
): Promise<Socket> {
  const secured = tlsConnect({
    socket,
    host: name,
    // An address must not be sent as SNI (RFC 6066, 3).
    servername: isIP(name) === 0 ? name : '',
    secureContext: context,
    rejectUnauthorized: verify,
    ...(alpn && { ALPNProtocols: [...alpn] }),
  });
  return ready(secured, 'secureConnect', deadline);
}

async function ready<S extends Socket>(
  socket: S,
  name: 'connect' | 'secureConnect',
  deadline: AbortSignal,
): Promise<S> {
  // An error between this and the next listener would end the process. Destroying at once keeps the
  // first error: a TLS alert is followed by an end, and undici would tell of the end only.
  socket.on('error', (error) => socket.destroy(error));
  try {
    await once(socket, name, { signal: deadline });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
