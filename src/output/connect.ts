import { lookup as systemLookup } from 'node:dns';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { LookupFunction, Socket } from 'node:net';
import { isIP, connect as netConnect } from 'node:net';
import type { SecureContext } from 'node:tls';
import { connect as tlsConnect } from 'node:tls';
import type { buildConnector } from 'undici';
import type { DestinationPolicy } from './destination.ts';
import { httpErrorOf, retryError } from './http-error.ts';
import type { ProxyRule } from './proxy.ts';
import { proxyAuthorization } from './proxy.ts';
import { hostOf, portOf, whereOf } from './http-url.ts';
import type { TlsSource } from './tls.ts';

/** What every connection of one client is made with. */
export interface Dialer {
  readonly policy: DestinationPolicy;
  readonly proxyOf: ProxyRule;
  readonly tls: TlsSource;
  /** Name a destination's certificate must carry, if not the URL's. */
  readonly serverName?: string | undefined;
  /** Whether certificates are verified. */
  readonly verify: boolean;
  /** Ends connecting when the client is closed. */
  readonly stop: AbortSignal;
  /** Time for resolving, connecting, the proxy's answer and the TLS handshake together. */
  readonly connectTimeoutMs?: number | undefined;
  /** How names are resolved; the system's way by default. */
  readonly lookup?: LookupFunction | undefined;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Time one of several addresses has before the next is tried. */
const ADDRESS_TIMEOUT_MS = 1000;
const ADDRESSES_MAX = 8;
const KEEP_ALIVE_PROBE_MS = 60_000;

/** Connects to destinations: directly, or `https:` through a proxy's tunnel (RFC 9110, 9.3.6). */
export function destinationConnector(dialer: Dialer): buildConnector.connector {
  return connectorOf(dialer, async (url, deadline) => {
    if (url.protocol === 'http:') return openTcp(dialer, url, deadline);
    const { destination } = dialer.tls();
    const proxy = dialer.proxyOf(url);
    const socket = proxy
      ? await openTunnel(dialer, proxy, url, deadline)
      : await openTcp(dialer, url, deadline);
    return secure(socket, dialer.serverName ?? hostOf(url), destination, dialer.verify, deadline);
  });
}

/** Connects to a proxy itself, for `http:` requests that it forwards. */
export function proxyConnector(dialer: Dialer): buildConnector.connector {
  return connectorOf(dialer, (url, deadline) => openProxy(dialer, url, deadline));
}

type Open = (url: URL, deadline: AbortSignal) => Promise<Socket>;

function connectorOf(dialer: Dialer, open: Open): buildConnector.connector {
  async function dial(url: URL, callback: buildConnector.Callback): Promise<void> {
    const timeout = AbortSignal.timeout(dialer.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
    const deadline = AbortSignal.any([dialer.stop, timeout]);
    let socket: Socket;
    try {
      socket = await open(url, deadline);
    } catch (error) {
      callback(connectError(error, whereOf(url)), null);
      return;
    }
    callback(null, socket);
  }
  return ({ protocol, host, hostname }, callback) =>
    void dial(new URL(`${protocol}//${host ?? hostname}`), callback);
}

/** A connection that takes too long is the network's fault, not a slow answer. */
function connectError(error: unknown, where: string): Error {
  const known = httpErrorOf(error, where);
  if (known.code !== 'timeout') return known;
  return retryError('network', 'network', `${where}: no connection in time`);
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

/** Refuses a URL whose host is an address that must not be reached. Throws `HttpError`. */
export function checkLiteral(policy: DestinationPolicy, url: URL): void {
  const host = hostOf(url);
  if (isIP(host) === 0) return;
  const refusal = policy.refusal(host, host, portOf(url));
  if (refusal !== undefined) throw refusedError(host, host, refusal);
}

function refusedError(host: string, address: string, refusal: string): Error {
  const what = host === address ? address : `${host} (${address})`;
  const remedy = `list ${host} under allowDestinations if this output is meant to reach it`;
  return retryError('destination_refused', 'client', `${what} is refused: ${refusal}; ${remedy}`);
}

/**
 * Resolves a name and lets only permitted addresses through. The socket connects to what this
 * returns, so a name that resolves differently a moment later changes nothing.
 */
function guardedLookup({ policy, lookup }: Dialer, port: number): LookupFunction {
  return (host, options, callback) => {
    (lookup ?? systemLookup)(host, { ...options, all: true }, (error, result) => {
      if (error) return callback(error, []);
      const found =
        typeof result === 'string' ? [{ address: result, family: isIP(result) }] : result;
      const permitted = found.filter(({ address }) => !policy.refusal(host, address, port));
      const [first] = permitted;
      if (first === undefined) return callback(nowhere(policy, host, found[0]?.address, port), []);
      if (options.all) callback(null, permitted.slice(0, ADDRESSES_MAX));
      else callback(null, first.address, first.family);
    });
  };
}

function nowhere(
  policy: DestinationPolicy,
  host: string,
  address: string | undefined,
  port: number,
): Error {
  if (address === undefined) return retryError('network', 'network', `${host} has no address`);
  return refusedError(host, address, policy.refusal(host, address, port) ?? '');
}

async function openProxy(dialer: Dialer, proxy: URL, deadline: AbortSignal): Promise<Socket> {
  try {
    if (proxy.protocol === 'http:') return await openTcp(dialer, proxy, deadline);
    const context = dialer.tls().proxy();
    const socket = await openTcp(dialer, proxy, deadline);
    return await secure(socket, hostOf(proxy), context, dialer.verify, deadline);
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

async function secure(
  socket: Socket,
  name: string,
  secureContext: SecureContext,
  verify: boolean,
  deadline: AbortSignal,
): Promise<Socket> {
  const secured = tlsConnect({
    socket,
    // Checked against the certificate; an address must not be sent as SNI (RFC 6066, 3).
    host: name,
    servername: isIP(name) === 0 ? name : '',
    secureContext,
    rejectUnauthorized: verify,
    ALPNProtocols: ['http/1.1'],
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
