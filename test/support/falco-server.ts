import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Certificate, makeAuthority } from './certificates.ts';
import type { Lifetime } from './hub-process.ts';

/**
 * Stands in for the gRPC server of Falco up to 0.43, which has its ways: one queue without an end,
 * each alert to whoever asks first, nothing written until the client says something, and no
 * acknowledgement.
 */
export interface FalcoServer {
  /** `127.0.0.1:…`, or the socket. */
  readonly target: string;
  readonly port: number;
  /** Puts alerts into its queue. */
  raise(...alerts: readonly object[]): void;
  /** What nobody has asked for yet. */
  readonly queued: () => number;
  /** Clients that are connected. */
  readonly clients: () => number;
  /** Requests that have come, empty as they are. */
  readonly requests: () => number;
  /** Ends its streams, as a restart does; the queue is lost. */
  restart(): void;
  stop(): void;
}

const PROTO = fileURLToPath(new URL('../../src/proto/falco-outputs.proto', import.meta.url));
const loaded = loadPackageDefinition(
  loadSync(PROTO, { keepCase: true, longs: String, enums: String, defaults: true }),
) as unknown as { falco: { outputs: { service: ServiceClientConstructor } } };

type Stream = ServerDuplexStream<object, object>;

export interface FalcoServerOptions {
  /** Default: any port of 127.0.0.1. */
  readonly address?: string;
  readonly tls?: FalcoCertificates;
}

export async function startFalco(
  t: Lifetime,
  { address = '127.0.0.1:0', tls }: FalcoServerOptions = {},
): Promise<FalcoServer> {
  const queue: object[] = [];
  /** Those that wait for an alert, having asked; the others have to ask first. */
  const asking = new Set<Stream>();
  const streams = new Set<Stream>();
  let requests = 0;
  const serve = (): void => {
    for (const stream of asking) {
      if (queue.length === 0) return;
      asking.delete(stream);
      for (const alert of queue.splice(0)) stream.write(alert);
    }
  };
  const server = new Server();
  server.addService(loaded.falco.outputs.service.service, {
    sub(stream: Stream) {
      streams.add(stream);
      stream.on('data', () => {
        requests += 1;
        asking.add(stream);
        serve();
        // What Falco has no alert for, it answers with nothing, and waits for the next request.
        asking.delete(stream);
      });
      stream.on('error', () => undefined);
      stream.on('end', () => stream.end());
      for (const end of ['close', 'cancelled']) {
        stream.on(end, () => void (streams.delete(stream), asking.delete(stream)));
      }
    },
  });
  const port = await bind(server, address, tls);
  t.after(() => server.forceShutdown());
  return {
    target: address.startsWith('unix:') ? address : `127.0.0.1:${port}`,
    port,
    raise: (...alerts) => void queue.push(...alerts),
    queued: () => queue.length,
    clients: () => streams.size,
    requests: () => requests,
    restart() {
      queue.length = 0;
      for (const stream of streams) stream.end();
      streams.clear();
    },
    stop: () => server.forceShutdown(),
  };
}

function bind(server: Server, address: string, tls?: FalcoCertificates): Promise<number> {
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          readFileSync(tls.caFile),
          [
            {
              cert_chain: readFileSync(tls.server.certFile),
              private_key: readFileSync(tls.server.keyFile),
            },
          ],
          true,
        );
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

export interface FalcoCertificates {
  readonly caFile: string;
  readonly server: Certificate;
  readonly client: Certificate;
}

/** As Falco's own instructions make them: with a common name and nothing else. */
export function falcoCertificates(): FalcoCertificates {
  const authority = makeAuthority();
  const issue = (): Certificate => authority.issue({ name: 'localhost' });
  return { caFile: authority.certFile, server: issue(), client: issue() };
}

/** An alert as Falco's server writes it. */
export function falcoAlert(rule: string, own: object = {}): object {
  return {
    time: { seconds: '1786406400', nanos: 123_456_789 },
    priority: 'NOTICE',
    rule,
    output: `02:00:00.123456789: Notice ${rule} (user=root)`,
    output_fields: {
      'proc.name': 'bash',
      'k8s.ns.name': '<NA>',
      'evt.time': '1786406400123456789',
    },
    hostname: 'node-1',
    tags: ['shell', 'container'],
    source: 'syscall',
    ...own,
  };
}
