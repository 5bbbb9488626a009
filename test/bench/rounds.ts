import { type Child, cpuUs } from './child.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import type { Row } from './report.ts';
import { median } from './statistics.ts';

/** What a load cost the server that took it, and what the sender saw of it. */
export interface Cost {
  readonly cpuUsPerAlert: number;
  readonly alertsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Variant {
  readonly name: string;
  readonly run: () => Promise<Cost>;
  /** Upper bounds, where there are any. `ratio` is to the CPU of the first variant. */
  readonly targets?: { readonly ratio?: number; readonly p99Ms?: number };
}

/**
 * Runs the variants in turn, several times, and compares within a turn only: what else the machine
 * is doing then weighs on all of them alike. The first variant is the baseline, and 1.
 */
export async function measureRounds(variants: readonly Variant[], rounds: number): Promise<Row[]> {
  const [baseline] = variants as [Variant];
  for (const { run } of variants) await run();
  const costs = new Map<Variant, Cost[]>(variants.map((variant) => [variant, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of variants) costs.get(variant)?.push(await variant.run());
  }
  const base = costs.get(baseline) as Cost[];
  return variants.flatMap((variant) => rowsOf(variant, costs.get(variant) as Cost[], base));
}

function rowsOf({ name, targets = {} }: Variant, costs: readonly Cost[], base: readonly Cost[]) {
  const of = (figure: keyof Cost) => median(costs.map((cost) => cost[figure]));
  const ratios = costs.map(
    (cost, round) => cost.cpuUsPerAlert / (base[round] as Cost).cpuUsPerAlert,
  );
  const rows: Row[] = [
    { scenario: name, figure: 'CPU an alert', value: of('cpuUsPerAlert'), unit: 'us' },
    {
      scenario: name,
      figure: 'CPU against the bare server',
      value: median(ratios),
      unit: 'x',
      atMost: targets.ratio,
      spread: [Math.min(...ratios), Math.max(...ratios)],
    },
    { scenario: name, figure: 'alerts', value: of('alertsPerSecond'), unit: '/s' },
    { scenario: name, figure: 'latency, p50', value: of('p50Ms'), unit: 'ms' },
    {
      scenario: name,
      figure: 'latency, p99',
      value: of('p99Ms'),
      unit: 'ms',
      atMost: targets.p99Ms,
    },
  ];
  return rows;
}

/** Loads a server and says what that cost it, until `isDone` where the answers are not the end. */
export async function costOf(
  server: Child,
  sender: Child,
  order: LoadOrder,
  isDone: Promise<unknown> = Promise.resolve(),
): Promise<Cost> {
  const before = cpuUs(server.pid);
  const startedAtMs = performance.now();
  const report = await load(sender, order);
  await isDone;
  const seconds = (performance.now() - startedAtMs) / 1000;
  return {
    cpuUsPerAlert: (cpuUs(server.pid) - before) / report.alerts,
    alertsPerSecond: report.alerts / seconds,
    p50Ms: report.p50Ms,
    p99Ms: report.p99Ms,
  };
}

/** Has the sender send; a load that was not all taken measures nothing. */
export async function load(sender: Child, order: LoadOrder): Promise<LoadReport> {
  const reported = sender.message<LoadReport>('load');
  sender.process.send(order);
  const report = await reported;
  if (report.failures > 0 || report.alerts === 0) {
    throw new Error(
      `Of a load ${report.failures} requests failed, ${report.alerts} alerts passed.`,
    );
  }
  return report;
}
