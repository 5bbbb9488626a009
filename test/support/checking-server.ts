import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Lifetime } from './hub-process.ts';

/** A destination that remembers every alert it was sent, and behaves as it is told. */

export type Behaviour =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      /** How long the answer takes. */
      readonly afterMs?: number;
    }
  /** No answer at all. */
  | 'never'
  /** The connection is reset while the request is still being read. */
  | 'resetRequest'
  /** 200, then the connection is reset in the middle of the body. */
  | 'resetAnswer'
  /** 200, then a byte now and then, for ever. */
  | 'drip'
  /** Writes the answer as it likes. */
  | {
      readonly write: (response: ServerResponse) => void;
      /** Whether that says that the alerts are taken. */
      readonly takes: boolean;
    };

export const OK = { status: 200 } as const;

export interface Arrival {
  readonly uuid: string;
  /** The alert as it came, digit by digit. */
  readonly json: string;
  /** On the monotonic clock. */
  readonly atMs: number;
  /** Whether it was answered with 2xx, in full, and no page for people. */
  taken: boolean;
}

export interface ReceivedRequest {
  readonly atMs: number;
  readonly headers: IncomingHttpHeaders;
  readonly arrivals: readonly Arrival[];
}

export interface CheckingServer {
  readonly url: string;
  readonly requests: ReceivedRequest[];
  readonly arrivals: Arrival[];
  /** How often each alert was taken, by uuid. */
  readonly taken: Map<string, number>;
  /** Requests that are not answered yet. */
  underWay: number;
  behave: (request: ReceivedRequest) => Behaviour;
  /** From now on connections are refused, and those there are end. */
  close(): Promise<void>;
  /** Listens again, on the same port. */
  open(): Promise<void>;
}

/** Listens on a free port until the test ends. Takes a body of one alert, or of one a line. */
export async function startChecking(
  lifetime: Lifetime,
  behave: CheckingServer['behave'] = () => OK,
  path = '/in',
): Promise<CheckingServer> {
  let port = 0;
  let server = createServer();
  const checking: CheckingServer = {
    get url() {
      return `http://127.0.0.1:${port}${path}`;
    },
    requests: [],
    arrivals: [],
    taken: new Map(),
    underWay: 0,
    behave,
    async close() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
    async open() {
      server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
        void serve(checking, request, response);
      });
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      ({ port } = server.address() as AddressInfo);
    },
  };
  await checking.open();
  lifetime.after(() => checking.close());
  return checking;
}

async function serve(
  checking: CheckingServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  checking.underWay += 1;
  response.once('close', () => (checking.underWay -= 1));
  const chunks = await request.toArray().catch(() => undefined);
  // Cut off by the sender: nothing has arrived.
  if (chunks === undefined) return;
  const received = receive(checking, request.headers, Buffer.concat(chunks).toString());
  const behaviour = checking.behave(received);
  if (typeof behaviour === 'string') misbehave(behaviour, response);
  else if ('write' in behaviour) {
    behaviour.write(response);
    if (behaviour.takes) take(checking, received);
  } else answer(checking, received, response, behaviour);
}

const UUID = /"uuid":"([0-9a-f-]{36})"/;

function receive(
  checking: CheckingServer,
  headers: IncomingHttpHeaders,
  body: string,
): ReceivedRequest {
  const atMs = performance.now();
  const arrivals = body
    .split('\n')
    .filter((line) => line !== '')
    .map((json) => ({ uuid: UUID.exec(json)?.[1] ?? '', json, atMs, taken: false }));
  const received = { atMs, headers, arrivals };
  checking.requests.push(received);
  checking.arrivals.push(...arrivals);
  return received;
}

function answer(
  checking: CheckingServer,
  received: ReceivedRequest,
  response: ServerResponse,
  { status, headers = {}, body = '', afterMs = 0 }: Extract<Behaviour, { readonly status: number }>,
): void {
  const end = (): void => {
    if (response.destroyed) return;
    response.writeHead(status, headers).end(body);
    // A login page answers 200, too, and has taken nothing.
    if (status < 300 && headers['content-type'] !== 'text/html') take(checking, received);
  };
  if (afterMs === 0) end();
  else setTimeout(end, afterMs);
}

function take({ taken }: CheckingServer, { arrivals }: ReceivedRequest): void {
  for (const arrival of arrivals) {
    arrival.taken = true;
    taken.set(arrival.uuid, (taken.get(arrival.uuid) ?? 0) + 1);
  }
}

const DRIP_EVERY_MS = 50;

function misbehave(behaviour: Extract<Behaviour, string>, response: ServerResponse): void {
  if (behaviour === 'never') return;
  if (behaviour === 'resetRequest') {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"half":', () => {
    if (behaviour === 'resetAnswer') response.socket?.resetAndDestroy();
  });
  if (behaviour === 'resetAnswer') return;
  const dripping = setInterval(() => response.write(' '), DRIP_EVERY_MS);
  response.once('close', () => clearInterval(dripping));
}
