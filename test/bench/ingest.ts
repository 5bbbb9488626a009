import type { Bench } from './bench.ts';
import { type Server, startHub } from './hub.ts';
import type { LoadOrder } from './load.ts';
import type { Row } from './report.ts';
import { costOf, measureRounds, type Variant } from './rounds.ts';

/** Connections from which single alerts come: a node's Falco each. */
const SENDERS = 64;
const BATCH_SENDERS = 16;
const BATCH_ALERTS = 100;

/** What all senders together send where they do not send as fast as they can. */
const PACE_PER_SECOND = 2000;

/**
 * What taking alerts in costs while the only destination is down, and without any. At a given pace
 * both servers see the same; as fast as they can, the bare one is woken less often for an alert.
 */
export async function measureIngest(bench: Bench): Promise<Row[]> {
  const { bare, directory } = bench;
  const down = await startHub(directory, { outputs: { down: DOWN }, grpc: true });
  const none = await startHub(directory, { outputs: {} });
  const variant = variantsOf(bench);
  const paced = { requestsPerSecond: PACE_PER_SECOND };
  const batches = { connections: BATCH_SENDERS, alertsPerRequest: BATCH_ALERTS };
  const stream = { door: 'grpc', port: down.grpcPort, connections: 1 } as const;
  const baseline = variant(BARE, bare, {});
  const pacedBaseline = variant(`${BARE}, ${PACE}`, bare, paced);
  const strict = { ratio: 2.6, p99Ms: 50 };
  try {
    return await measureRounds(
      [
        pacedBaseline,
        variant(`hub, ${PACE}, destination down`, down, paced, pacedBaseline, { p99Ms: 50 }),
        baseline,
        variant(`hub, ${SINGLE}, destination down`, down, {}, baseline, strict),
        variant(`hub, ${SINGLE}, no output`, none, {}, baseline, strict),
        variant(`hub, ${BATCH}, destination down`, down, batches, baseline),
        variant('hub, gRPC stream, destination down', down, stream, baseline),
      ],
      bench,
    );
  } finally {
    await Promise.all([down.kill(), none.kill()]);
  }
}

const BARE = 'bare node:http that parses each body and keeps nothing';
const SINGLE = `${SENDERS} connections, an alert a request`;
const PACE = `${SINGLE}, ${PACE_PER_SECOND}/s in all`;
const BATCH = `${BATCH_SENDERS} connections, NDJSON of ${BATCH_ALERTS}`;

/** Port 9, discard: nobody listens. */
export const DOWN = { type: 'webhook', url: 'http://127.0.0.1:9/' };

function variantsOf({ sender, roundMs }: Bench) {
  return (
    name: string,
    server: Server,
    order: Partial<LoadOrder>,
    baseline?: Variant,
    targets: Variant['targets'] = {},
  ): Variant => ({
    name,
    targets,
    ...(baseline === undefined ? {} : { baseline }),
    run: () => costOf(server, sender, { ...single(server.port), durationMs: roundMs, ...order }),
  });
}

/** As fast as the answers come, on every connection. */
export function single(port: number): LoadOrder {
  return { door: 'http', port, connections: SENDERS, alertsPerRequest: 1 };
}

/** The bare server as the baseline of what is not taken in alone. */
export function bareVariant(bench: Bench): Variant {
  return variantsOf(bench)(BARE, bench.bare, {});
}
