import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Lifetime } from '../support/hub-process.ts';

/** A destination to misbehave on demand: a real server on a port of its own. */

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The same, where it is no text. */
  readonly bytes: Buffer;
}

export type Reply =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** No answer at all. */
  | 'hang'
  /** The connection ends before an answer. */
  | 'reset'
  /** The headers promise more than comes. */
  | 'cut';

export interface Destination {
  readonly origin: string;
  /** Everything received so far, oldest first. */
  readonly received: Received[];
  reply: (request: Received) => Reply;
}

/** Listens until the test ends. */
export async function startDestination(
  t: Lifetime,
  reply: Destination['reply'],
): Promise<Destination> {
  const server = createServer((request, response) => void serve(request, response));
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const destination: Destination = { origin: `http://127.0.0.1:${port}`, received: [], reply };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks = await request.toArray().catch(() => []);
    const bytes = Buffer.concat(chunks);
    const received = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers as Record<string, string>,
      body: bytes.toString(),
      bytes,
    };
    destination.received.push(received);
    answer(response, destination.reply(received));
  }

  return destination;
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return;
  if (reply === 'reset') {
    response.socket?.destroy();
  } else if (reply === 'cut') {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('o', () => response.socket?.destroy());
  } else {
    response.writeHead(reply.status, { 'content-type': 'text/plain', ...reply.headers });
    response.end(reply.body ?? '');
  }
}
