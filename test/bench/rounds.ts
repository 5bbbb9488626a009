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
  /** What its CPU is compared with; absent: this is a baseline. */
  readonly baseline?: Variant;
  /** Upper bounds, where there are any. `ratio` is to the CPU of the baseline. */
  readonly targets?: { readonly ratio?: number; readonly p99Ms?: number };
}

/**
 * Runs the variants in turn, several times, and compares within a turn only: what else the machine
 * is doing then weighs on all of them alike.
 */
export async function measureRounds(
  variants: readonly Variant[],
  { rounds, warmUpMs }: { readonly rounds: number; readonly warmUpMs: number },
): Promise<Row[]> {
  const costs = new Map<Variant, Cost[]>(variants.map((variant) => [variant, []]));
  for (const variant of variants) await warmUp(variant, warmUpMs);
  for (let round = 0; round < rounds; round += 1) {
    for (const [variant, measured] of costs) measured.push(await variant.run());
  }
  return variants.flatMap((variant) => rowsOf(variant, costs));
}

/**
 * V8 compiles what is hot on threads of its own, whose CPU counts, too: for some ten thousand alerts
 * a server that does more costs twice what it costs from then on.
 */
async function warmUp(variant: Variant, durationMs: number): Promise<void> {
  const endMs = performance.now() + durationMs;
  do await variant.run();
  while (performance.now() < endMs);
}

function rowsOf(variant: Variant, all: ReadonlyMap<Variant, readonly Cost[]>): Row[] {
  const { name: scenario, baseline, targets = {} } = variant;
  const costs = all.get(variant) as readonly Cost[];
  const of = (figure: keyof Cost): number => median(costs.map((cost) => cost[figure]));
  return [
    { scenario, figure: 'CPU an alert', value: of('cpuUsPerAlert'), unit: 'us' },
    ...(baseline === undefined
      ? []
      : [ratioRow(scenario, costs, all.get(baseline) as readonly Cost[], targets.ratio)]),
    { scenario, figure: 'alerts', value: of('alertsPerSecond'), unit: '/s' },
    { scenario, figure: 'latency, p50', value: of('p50Ms'), unit: 'ms' },
    { scenario, figure: 'latency, p99', value: of('p99Ms'), unit: 'ms', atMost: targets.p99Ms },
  ];
}

function ratioRow(
  scenario: string,
  costs: readonly Cost[],
  base: readonly Cost[],
  atMost: number | undefined,
): Row {
  const ratios = costs.map((cost, i) => cost.cpuUsPerAlert / (base[i] as Cost).cpuUsPerAlert);
  const spread = [Math.min(...ratios), Math.max(...ratios)] as const;
  const figure = 'CPU against the bare server';
  return { scenario, figure, value: median(ratios), unit: 'x', atMost, spread };
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
