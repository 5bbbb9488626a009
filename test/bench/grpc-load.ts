import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  ChannelCredentials,
  type ClientDuplexStream,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { LoadOrder, LoadReport } from './load.ts';
import { SENDER_TOKENS } from './senders.ts';
import { percentile } from './statistics.ts';

interface Ack {
  readonly acked_through: string;
  readonly rejected: readonly object[];
}

interface Client {
  Push(metadata: Metadata): ClientDuplexStream<object, Ack>;
  PushBatch(
    request: object,
    metadata: Metadata,
    onAnswer: (error: Error | null, answer?: { readonly accepted: number }) => void,
  ): void;
  close(): void;
}

/** Alerts under way on all streams together, and the least on each. */
const WINDOW = 1000;
const STREAM_WINDOW = 100;

const PROTO = fileURLToPath(new URL('../../src/proto/alert-ingest.proto', import.meta.url));

const loaded = loadPackageDefinition(
  loadSync(PROTO, { keepCase: true, longs: String, defaults: true }),
) as unknown as {
  tocsin: { ingest: { v1: { AlertIngest: ServiceClientConstructor } } };
};

type Outcome = Pick<LoadReport, 'failures'> & {
  readonly alerts: number;
  readonly latenciesMs: readonly number[];
};

/** Sends `raw_json`, over Push streams or in batches, a connection each. */
export async function push(
  order: LoadOrder,
  corpus: readonly string[],
): Promise<Omit<LoadReport, 'kind'>> {
  const connections = await Promise.all(
    Array.from({ length: order.connections }, (_, at) => connectTo(order.port, at)),
  );
  const startedAtMs = performance.now();
  const endMs = startedAtMs + (order.durationMs ?? 1000);
  const send = order.door === 'grpcBatch' ? batchesUntil : streamUntil;
  const outcomes = await Promise.all(
    connections.map((connection) => send(endMs, order, corpus, connection)),
  );
  const latenciesMs = outcomes.flatMap((outcome) => outcome.latenciesMs);
  return {
    alerts: outcomes.reduce((sum, { alerts }) => sum + alerts, 0),
    failures: outcomes.reduce((sum, { failures }) => sum + failures, 0),
    durationMs: performance.now() - startedAtMs,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  };
}

/** One sender may not have as many calls open as all of a bench's connections have. */
function credentialsOf(connection: number): Metadata {
  const metadata = new Metadata();
  const token = SENDER_TOKENS[connection % SENDER_TOKENS.length];
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

/** A connection and who uses it. */
interface Connection {
  readonly client: Client;
  readonly credentials: Metadata;
}

const CONNECT_MS_MAX = 10_000;

async function connectTo(port: number, at: number): Promise<Connection> {
  const client = new loaded.tocsin.ingest.v1.AlertIngest(
    `127.0.0.1:${port}`,
    ChannelCredentials.createInsecure(),
    // Those of one process would share a connection.
    { 'grpc.use_local_subchannel_pool': 1 },
  );
  await promisify(client.waitForReady.bind(client))(Date.now() + CONNECT_MS_MAX);
  return { client: client as unknown as Client, credentials: credentialsOf(at) };
}

/** An alert's latency ends with the ack that covers it. */
function streamUntil(
  endMs: number,
  { connections }: LoadOrder,
  corpus: readonly string[],
  { client, credentials }: Connection,
): Promise<Outcome> {
  const call = client.Push(credentials);
  const alertsUnderWay = Math.max(STREAM_WINDOW, WINDOW / connections);
  const sentAtMs: number[] = [];
  const latenciesMs: number[] = [];
  let failures = 0;

  function fill(): void {
    if (performance.now() >= endMs) {
      call.end();
      return;
    }
    while (sentAtMs.length - latenciesMs.length < alertsUnderWay) {
      sentAtMs.push(performance.now());
      call.write({
        seq: sentAtMs.length,
        alert: { raw_json: corpus[sentAtMs.length % corpus.length] },
      });
    }
  }

  return new Promise((resolve) => {
    call.on('data', (ack: Ack) => {
      const nowMs = performance.now();
      failures += ack.rejected.length;
      for (let seq = latenciesMs.length; seq < Number(ack.acked_through); seq += 1) {
        latenciesMs.push(nowMs - (sentAtMs[seq] as number));
      }
      fill();
    });
    call.on('error', () => {
      failures += sentAtMs.length - latenciesMs.length;
    });
    call.on('status', () => {
      client.close();
      resolve({ alerts: latenciesMs.length - failures, latenciesMs, failures });
    });
  });
}

/** One batch after the other; its latency is that of each of its alerts. */
async function batchesUntil(
  endMs: number,
  { alertsPerRequest }: LoadOrder,
  corpus: readonly string[],
  { client, credentials }: Connection,
): Promise<Outcome> {
  const latenciesMs: number[] = [];
  let [alerts, failures] = [0, 0];
  for (let sent = 0; performance.now() < endMs; sent += alertsPerRequest) {
    const batch = Array.from({ length: alertsPerRequest }, (_, at) => ({
      raw_json: corpus[(sent + at) % corpus.length],
    }));
    const startedAtMs = performance.now();
    const accepted = await pushBatch(client, batch, credentials);
    latenciesMs.push(performance.now() - startedAtMs);
    alerts += accepted;
    failures += alertsPerRequest - accepted;
  }
  client.close();
  return { alerts, failures, latenciesMs };
}

/** How many were accepted; of a call that failed, none. */
function pushBatch(
  client: Client,
  alerts: readonly object[],
  credentials: Metadata,
): Promise<number> {
  return new Promise((resolve) => {
    client.PushBatch({ alerts }, credentials, (_error, answer) => resolve(answer?.accepted ?? 0));
  });
}
