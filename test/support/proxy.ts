import {
  type ClientRequest,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
  type Server,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { connect, type LookupFunction, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { listen } from './http-destination.ts';

/** An HTTP proxy that leads every name to this host, until the test ends. */
export interface TestProxy {
  readonly port: number;
  /** Request lines with headers, in the order they came. */
  readonly seen: { readonly line: string; readonly headers: IncomingHttpHeaders }[];
}

/** A resolver to go with it: every name is this host. */
export const everythingIsLocal: LookupFunction = (_host, options, callback) => {
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

/** Forwards requests and makes tunnels, unless it answers CONNECT with another status than 200. */
export async function startProxy(
  t: TestContext,
  options: { readonly tls?: ServerOptions; readonly tunnelStatus?: number } = {},
): Promise<TestProxy> {
  const { tls, tunnelStatus = 200 } = options;
  const seen: TestProxy['seen'] = [];
  const record = ({ method, url, headers }: IncomingMessage): void => {
    seen.push({ line: `${method} ${url}`, headers });
  };
  const server: Server = tls ? createTlsServer({ ...tls }) : createServer();
  server.on('request', (request: IncomingMessage, response) => {
    record(request);
    forward(request).on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 0);
      answer.pipe(response);
    });
  });
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    record(request);
    client.on('error', () => undefined);
    if (tunnelStatus !== 200) return void client.end(`HTTP/1.1 ${tunnelStatus} No\r\n\r\n`);
    const upstream = openTunnel(request, client);
    t.after(() => upstream.destroy());
  });
  return { port: await listen(t, server), seen };
}

function forward(request: IncomingMessage): ClientRequest {
  const { port, pathname, search } = new URL(request.url ?? '');
  const { method, headers } = request;
  const path = pathname + search;
  return request.pipe(httpRequest({ host: '127.0.0.1', port, path, method, headers }));
}

function openTunnel(request: IncomingMessage, client: Socket): Socket {
  const port = Number(/:(\d+)$/.exec(request.url ?? '')?.[1]);
  const upstream = connect(port, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connection established\r\nx-proxy: yes\r\n\r\n');
    upstream.pipe(client).pipe(upstream);
  });
  return upstream.on('error', () => client.destroy());
}
