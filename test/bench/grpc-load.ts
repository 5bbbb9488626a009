import { fileURLToPath } from 'node:url';
import type { ClientDuplexStream, ServiceClientConstructor } from '@grpc/grpc-js';
import { ChannelCredentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { LoadOrder, LoadReport } from './load.ts';
import { percentile } from './statistics.ts';

interface Ack {
  readonly acked_through: string;
  readonly rejected: readonly object[];
}

/** Alerts that one stream has under way. */
const WINDOW = 1000;

const PROTO = fileURLToPath(new URL('../../src/proto/alert-ingest.proto', import.meta.url));

const loaded = loadPackageDefinition(
  loadSync(PROTO, { keepCase: true, longs: String, defaults: true }),
) as unknown as {
  tocsin: { ingest: { v1: { AlertIngest: ServiceClientConstructor } } };
};

/** Sends `raw_json` over Push streams; an alert's latency ends with the ack that covers it. */
export async function push(
  { port, connections, durationMs = 1000 }: LoadOrder,
  corpus: readonly string[],
): Promise<Omit<LoadReport, 'kind'>> {
  const startedAtMs = performance.now();
  const endMs = startedAtMs + durationMs;
  const streams = await Promise.all(
    Array.from({ length: connections }, () => pushUntil(endMs, port, corpus)),
  );
  const latenciesMs = streams.flatMap((stream) => stream.latenciesMs);
  const failures = streams.reduce((sum, stream) => sum + stream.failures, 0);
  return {
    alerts: latenciesMs.length - failures,
    failures,
    durationMs: performance.now() - startedAtMs,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  };
}

function pushUntil(
  endMs: number,
  port: number,
  corpus: readonly string[],
): Promise<{ latenciesMs: number[]; failures: number }> {
  const client = new loaded.tocsin.ingest.v1.AlertIngest(
    `127.0.0.1:${port}`,
    ChannelCredentials.createInsecure(),
    // Streams of one process would share a connection.
    { 'grpc.use_local_subchannel_pool': 1 },
  );
  const { Push } = client as unknown as { Push: () => ClientDuplexStream<object, Ack> };
  const call = Push.call(client);
  const sentAtMs: number[] = [];
  const latenciesMs: number[] = [];
  let failures = 0;

  function fill(): void {
    if (performance.now() >= endMs) {
      call.end();
      return;
    }
    while (sentAtMs.length - latenciesMs.length < WINDOW) {
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
      resolve({ latenciesMs, failures });
    });
  });
}
