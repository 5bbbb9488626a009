import type { Bench } from './conditions.ts';
import { type Running, startWay } from './delivery.ts';
import { type Hub, startHub } from './hub.ts';
import { DOWN, variantsOf } from './ingest.ts';
import type { Row } from './report.ts';
import { measureRounds, type Variant } from './rounds.ts';

/** What an alert costs when there is more to decide, and more to do. */

const ROUTES = [1, 10, 100] as const;
const OUTPUTS = [1, 10, 50] as const;

/** Every route but the last is tried on every alert and takes none. */
export async function measureRoutes(bench: Bench): Promise<Row[]> {
  const hubs: Hub[] = [];
  const variant = variantsOf(bench);
  const variants: Variant[] = [];
  try {
    for (const count of ROUTES) {
      const hub = await startHub(bench.directory, {
        outputs: { down: DOWN },
        routes: routesOf(count),
      });
      hubs.push(hub);
      const [baseline] = variants;
      const name = count === 1 ? '1 route' : `${count} routes`;
      const rest = baseline === undefined ? {} : { baseline, targets: { ratio: 1.3 } };
      variants.push(
        variant(
          `hub, ${name}, 64 connections, an alert a request`,
          hub,
          {},
          {
            calledShort: name,
            ...rest,
          },
        ),
      );
    }
    return await measureRounds(variants, bench);
  } finally {
    await Promise.all(hubs.map((hub) => hub.kill()));
  }
}

function routesOf(count: number): object[] {
  const others = Array.from({ length: count - 1 }, (_, team) => ({
    match: `rule == "Rule ${team}" || fields["k8s.ns.name"] == "team-${team}"`,
    outputs: ['down'],
  }));
  return [...others, { outputs: ['down'] }];
}

/** Every alert goes to every output; all are webhooks that take NDJSON. */
export async function measureOutputs(bench: Bench): Promise<Row[]> {
  const running: Running[] = [];
  try {
    for (const count of OUTPUTS) {
      const baseline = running[0]?.variant;
      const name = count === 1 ? '1 output' : `${count} outputs`;
      const way = await startWay(bench, {
        name: `${name}, every alert to each`,
        alerts: Math.ceil(bench.alerts / 2),
        outputs: (url) =>
          Object.fromEntries(
            Array.from({ length: count }, (_, at) => [
              `out-${at}`,
              { type: 'webhook', url, body: 'ndjson' },
            ]),
          ),
        ...(baseline === undefined ? {} : { baseline }),
      });
      running.push({ ...way, variant: { ...way.variant, calledShort: name } });
    }
    const variants = running.map(({ variant }) => variant);
    const rows = await measureRounds(variants, { ...bench, rounds: Math.ceil(bench.rounds / 2) });
    return [...rows, ...growthOf(rows, variants)];
  } finally {
    await Promise.all(running.map(({ end }) => end()));
  }
}

/** Of the cost from the fewest to the most outputs, for each one added. */
function growthOf(rows: readonly Row[], variants: readonly Variant[]): Row[] {
  const cost = (variant: Variant | undefined): number =>
    rows.find((row) => 'value' in row && row.scenario === variant?.name && row.unit === 'us')?.[
      'value' as never
    ] ?? 0;
  const [few, most] = [OUTPUTS[0], OUTPUTS.at(-1) as number];
  return [
    {
      scenario: `growth from ${few} to ${most} outputs`,
      figure: 'CPU an alert for one more',
      value: (cost(variants.at(-1)) - cost(variants[0])) / (most - few),
      unit: 'us',
    },
  ];
}
