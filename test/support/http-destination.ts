import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import type { TestContext } from 'node:test';
import {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
} from '../../src/output/http.ts';

/** Real servers on free ports, for what goes out over HTTP. They end with their test. */

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Destination {
  readonly origin: string;
  readonly port: number;
  /** Whole requests, in the order they came in. */
  readonly requests: Received[];
  /** How many connections were ever made. */
  connections(): number;
}

type Answer = (response: ServerResponse, request: Received) => void;

/** A destination that records each request and then answers it. */
export async function startDestination(
  context: TestContext,
  answer: Answer = (response) => response.end(),
  tls?: ServerOptions,
): Promise<Destination> {
  const requests: Received[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const received = { method, url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(received);
      answer(response, received);
    });
  };
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  let connections = 0;
  server.on('connection', () => (connections += 1));
  const port = await listen(context, server);
  const scheme = tls ? 'https' : 'http';
  const origin = `${scheme}://127.0.0.1:${port}`;
  return { origin, port, requests, connections: () => connections };
}

/** A server that speaks bytes. */
export async function startTcp(
  context: TestContext,
  onConnection: (socket: Socket) => void,
): Promise<number> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  return listen(context, server);
}

/** Listens on 127.0.0.1 until the test ends, open connections or not. */
export async function listen(context: TestContext, server: TcpServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A port nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A client as an output without settings has it. */
export function startClient(
  context: TestContext,
  options: Partial<HttpClientOptions> = {},
): HttpClient {
  const client = createHttpClient({
    caFiles: [],
    verify: true,
    allowDestinations: [],
    refuseListeners: () => [],
    connections: 4,
    userAgent: 'Tocsin/1.2.3',
    ...options,
  });
  context.after(() => client.close());
  return client;
}

/** Far longer than any of these tests takes. */
export function soon(): AbortSignal {
  return AbortSignal.timeout(60_000);
}
