import { type Child, cpuUs } from './child.ts';
import type { Bench } from './conditions.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import type { Row } from './report.ts';
import { median, range } from './statistics.ts';

/** What a load cost the server that took it, and what the sender saw of it. */
export interface Cost {
  readonly alerts: number;
  readonly cpuUsPerAlert: number;
  readonly alertsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Variant {
  readonly name: string;
  readonly run: () => Promise<Cost>;
  /** What its CPU is compared with; absent: this is a baseline. */
  readonly baseline?: Variant | undefined;
  /** What a baseline is called where something is compared with it. */
  readonly calledShort?: string;
  /** Upper bounds, where there are any. `ratio` is to the CPU of the baseline. */
  readonly targets?: { readonly ratio?: number; readonly p99Ms?: number } | undefined;
  /** Whether another variant warms up what this one loads. */
  readonly isWarm?: boolean | undefined;
}

/**
 * Runs the variants in turn, several times, and compares within a turn only: what else the machine
 * is doing then weighs on all of them alike.
 */
export async function measureRounds(
  variants: readonly Variant[],
  { progress, ...bench }: Pick<Bench, 'rounds' | 'warmUpMs' | 'warmUpAlerts' | 'progress'>,
): Promise<Row[]> {
  const costs = new Map<Variant, Cost[]>(variants.map((variant) => [variant, []]));
  for (const variant of variants) {
    progress(`  warming up: ${variant.name}`);
    await warmUp(variant, bench);
  }
  for (let round = 1; round <= bench.rounds; round += 1) {
    progress(`  round ${round} of ${bench.rounds}`);
    for (const [variant, measured] of costs) measured.push(await variant.run());
  }
  return variants.flatMap((variant) => rowsOf(variant, costs));
}

/**
 * V8 compiles what is hot on threads of its own, whose CPU counts, too: for some ten thousand alerts
 * a server that does more costs twice what it costs from then on.
 */
async function warmUp(
  { run, isWarm = false }: Variant,
  { warmUpMs, warmUpAlerts }: Pick<Bench, 'warmUpMs' | 'warmUpAlerts'>,
): Promise<void> {
  const endMs = performance.now() + warmUpMs;
  let alerts = 0;
  do alerts += (await run()).alerts;
  while (!isWarm && performance.now() < endMs && alerts < warmUpAlerts);
}

function rowsOf(variant: Variant, all: ReadonlyMap<Variant, readonly Cost[]>): Row[] {
  const { name: scenario, baseline, targets = {} } = variant;
  const costs = all.get(variant) as readonly Cost[];
  const of = (figure: keyof Cost): number => median(costs.map((cost) => cost[figure]));
  const cpu = costs.map(({ cpuUsPerAlert }) => cpuUsPerAlert);
  return [
    { scenario, figure: 'CPU an alert', value: median(cpu), unit: 'us', spread: range(cpu) },
    ...(baseline === undefined ? [] : [ratioRow(variant, baseline, all)]),
    { scenario, figure: 'alerts', value: of('alertsPerSecond'), unit: '/s' },
    { scenario, figure: 'latency, p50', value: of('p50Ms'), unit: 'ms' },
    { scenario, figure: 'latency, p99', value: of('p99Ms'), unit: 'ms', atMost: targets.p99Ms },
  ];
}

function ratioRow(
  variant: Variant,
  baseline: Variant,
  all: ReadonlyMap<Variant, readonly Cost[]>,
): Row {
  const base = all.get(baseline) as readonly Cost[];
  const ratios = (all.get(variant) as readonly Cost[]).map(
    (cost, i) => cost.cpuUsPerAlert / (base[i] as Cost).cpuUsPerAlert,
  );
  return {
    scenario: variant.name,
    figure: `CPU against ${baseline.calledShort ?? baseline.name}`,
    value: median(ratios),
    unit: 'x',
    atMost: variant.targets?.ratio,
    spread: range(ratios),
  };
}

/** Loads a server and says what that cost `measured`, until `isDone` where answers are not the end. */
export async function costOf(
  measured: readonly Child[],
  sender: Child,
  order: LoadOrder,
  isDone: Promise<unknown> = Promise.resolve(),
): Promise<Cost> {
  const cpu = (): number => measured.reduce((sum, { pid }) => sum + cpuUs(pid), 0);
  const before = cpu();
  const startedAtMs = performance.now();
  const [report] = await Promise.all([load(sender, order), isDone]);
  const seconds = (performance.now() - startedAtMs) / 1000;
  return {
    alerts: report.alerts,
    cpuUsPerAlert: (cpu() - before) / report.alerts,
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
