import type { Bench } from './conditions.ts';
import { type Hub, type Server, startHub } from './hub.ts';
import type { LoadOrder } from './load.ts';
import type { Row } from './report.ts';
import { costOf, measureRounds, type Variant } from './rounds.ts';

/** Connections from which alerts come: a node's Falco each. */
const MOST = 64;
const FEWER = [16, 1] as const;
const CONNECTIONS = [MOST, ...FEWER] as const;
const BATCH_ALERTS = 100;

/** What all senders together send where they do not send as fast as they can. */
const PACE_PER_SECOND = 2000;

/** Falco waits for the answer, and reads no events for as long. */
const SINGLE_TARGETS = { ratio: 2, p99Ms: 50 };
/** What comes in bulk, against a single alert of the bare server's. */
const BULK_TARGETS = { ratio: 0.6 };

/** What is the same of every variant at one number of connections. */
interface Door {
  readonly name: string;
  readonly order: (hub: Hub) => Partial<LoadOrder>;
  readonly targets?: Variant['targets'];
}

const BULK_DOORS: readonly Door[] = [
  {
    name: `NDJSON of ${BATCH_ALERTS}`,
    order: () => ({ alertsPerRequest: BATCH_ALERTS }),
    targets: BULK_TARGETS,
  },
  {
    name: 'gRPC stream',
    order: ({ grpcPort }) => ({ door: 'grpcStream', port: grpcPort }),
    targets: BULK_TARGETS,
  },
  {
    name: `gRPC batch of ${BATCH_ALERTS}`,
    order: ({ grpcPort }) => ({
      door: 'grpcBatch',
      port: grpcPort,
      alertsPerRequest: BATCH_ALERTS,
    }),
  },
];

/**
 * What taking alerts in costs while the only destination is down, and without any. One hub runs at a
 * time: another one, whose queue is full of what was measured before, would share the caches. What has
 * a target on its CPU has a hub of its own: what V8 compiled for another load would weigh on it, too.
 */
export async function measureIngest(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [settings, variantsFor] of [
    [{ outputs: { down: DOWN } }, singles],
    [{ outputs: {} }, withoutOutput],
    [{ outputs: { down: DOWN } }, slower],
    [{ outputs: { down: DOWN }, grpc: true }, bulks],
  ] as const) {
    const hub = await startHub(bench.directory, settings);
    try {
      rows.push(...(await measureRounds(variantsFor(bench, hub), bench)));
    } finally {
      await hub.kill();
    }
  }
  return rows;
}

/** An alert a request, as Falco sends. */
function singles(bench: Bench, hub: Hub): Variant[] {
  return besideBare(bench, hub, { name: SINGLE, targets: SINGLE_TARGETS });
}

function withoutOutput(bench: Bench, hub: Hub): Variant[] {
  return besideBare(bench, hub, { name: SINGLE, detail: ', no output', targets: SINGLE_TARGETS });
}

/**
 * Senders that wait, or wait longer. At a given pace both servers see the same; as fast as they can,
 * the bare one is woken less often for an alert.
 */
function slower(bench: Bench, hub: Hub): Variant[] {
  const fewer = FEWER.map((connections) => ({
    name: `${counted(connections)}, an alert a request`,
    order: { connections },
  }));
  const paced = {
    name: PACE,
    order: { requestsPerSecond: PACE_PER_SECOND },
    targets: { p99Ms: 50 },
  };
  return [...fewer, paced].flatMap((load, i) => besideBare(bench, hub, { ...load, isWarm: i > 0 }));
}

interface Load {
  readonly name: string;
  /** What of the hub's name the bare server has no part in. */
  readonly detail?: string;
  readonly order?: Partial<LoadOrder>;
  readonly targets?: Variant['targets'];
  readonly isWarm?: boolean;
}

/** A load on the hub, and the same on the bare server. */
function besideBare(bench: Bench, hub: Hub, load: Load): Variant[] {
  const { name, detail = '', order = {}, targets, isWarm } = load;
  const variant = variantsOf(bench);
  const baseline = variant(`${BARE}, ${name}`, bench.bare, order, {
    calledShort: THE_BARE,
    isWarm,
  });
  return [baseline, variant(`hub, ${name}${detail}`, hub, order, { baseline, targets, isWarm })];
}

/** In a few seconds hundreds of thousands lie in its queue. */
function bulks(bench: Bench, hub: Hub): Variant[] {
  const baseline = bareVariant(bench);
  const hubs = BULK_DOORS.flatMap(({ name, order, targets }) =>
    CONNECTIONS.map((connections) =>
      variantsOf(bench)(
        `hub, ${counted(connections)}, ${name}`,
        hub,
        { ...order(hub), connections },
        { baseline, targets, isWarm: connections !== MOST },
      ),
    ),
  );
  return [baseline, ...hubs];
}

const THE_BARE = 'the bare server';
const BARE = 'bare node:http that parses each body and keeps nothing';
const SINGLE = `${MOST} connections, an alert a request`;
const PACE = `${SINGLE}, ${PACE_PER_SECOND}/s in all`;

function counted(connections: number): string {
  return connections === 1 ? '1 connection' : `${connections} connections`;
}

/** Port 9, discard: nobody listens. */
export const DOWN = { type: 'webhook', url: 'http://127.0.0.1:9/' };

/** Makes variants that send for the length of a round. */
export function variantsOf({ sender, roundMs }: Bench) {
  return (
    name: string,
    server: Server,
    order: Partial<LoadOrder>,
    rest: Omit<Variant, 'name' | 'run'> = {},
  ): Variant => ({
    name,
    ...rest,
    run: () => costOf([server], sender, { ...single(server.port), durationMs: roundMs, ...order }),
  });
}

/** As fast as the answers come, on every connection. */
export function single(port: number): LoadOrder {
  return { door: 'http', port, connections: MOST, alertsPerRequest: 1 };
}

/** Many at a time, which fills a queue in the shortest time. */
export function bulk(port: number): LoadOrder {
  return { door: 'http', port, connections: 16, alertsPerRequest: BATCH_ALERTS };
}

/** The bare server as the baseline of what is not taken in alone. */
export function bareVariant(bench: Bench): Variant {
  return variantsOf(bench)(`${BARE}, ${SINGLE}`, bench.bare, {}, { calledShort: THE_BARE });
}
