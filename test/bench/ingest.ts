import type { Bench } from './bench.ts';
import { type Hub, startHub } from './hub.ts';
import type { LoadOrder } from './load.ts';
import type { Row } from './report.ts';
import { costOf, measureRounds } from './rounds.ts';

/** Connections from which single alerts come: a node's Falco each. */
const SENDERS = 64;
const BATCH_SENDERS = 16;
const BATCH_ALERTS = 100;

/** What taking alerts in costs while the only destination is down, and without any. */
export async function measureIngest(bench: Bench): Promise<Row[]> {
  const down = await startHub(bench.directory, {
    // Port 9, discard: nobody listens.
    down: { type: 'webhook', url: 'http://127.0.0.1:9/' },
  });
  const none = await startHub(bench.directory, {});
  const cost = (server: Hub, order: Partial<LoadOrder>) => () =>
    costOf(server, bench.sender, { ...single(server.port), durationMs: bench.roundMs, ...order });
  const batches = { connections: BATCH_SENDERS, alertsPerRequest: BATCH_ALERTS };
  try {
    return await measureRounds(
      [
        bench.bareVariant,
        {
          name: `one alert a request, ${SENDERS} connections, destination down`,
          run: cost(down, {}),
          targets: { ratio: 2.6, p99Ms: 50 },
        },
        {
          name: `one alert a request, ${SENDERS} connections, no output`,
          run: cost(none, {}),
          targets: { ratio: 2.6, p99Ms: 50 },
        },
        {
          name: `NDJSON of ${BATCH_ALERTS}, ${BATCH_SENDERS} connections, destination down`,
          run: cost(down, batches),
          targets: { ratio: 1 },
        },
        {
          name: 'gRPC stream, destination down',
          run: cost(down, { door: 'grpc', port: down.grpcPort, connections: 1 }),
        },
      ],
      bench.rounds,
    );
  } finally {
    await Promise.all([down.kill(), none.kill()]);
  }
}

export function single(port: number): LoadOrder {
  return { door: 'http', port, connections: SENDERS, alertsPerRequest: 1 };
}
