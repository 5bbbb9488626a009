import { buildOnce } from './built.ts';
import { memoryMb } from './child.ts';
import type { Bench } from './conditions.ts';
import { type Hub, type HubOutput, startHub } from './hub.ts';
import { single } from './ingest.ts';
import { startReceiver } from './receiver.ts';
import type { Row } from './report.ts';
import { load } from './rounds.ts';
import { median, range } from './statistics.ts';

const DELAY_MS = 200;
const PACE = { requestsPerSecond: 500, connections: 16, durationMs: 2000 };
const PEAK_MB = 200;
const RATIO = 2;

/**
 * Memory is flat, and answers come as soon: what a slow destination has not had waits on disk. The
 * idle case is a hub for whose destination nothing waits.
 */
export async function measureWaiting(bench: Bench): Promise<Row[]> {
  const { directory, sender, waiting, progress } = bench;
  const [slow, fast] = [await startReceiver({ delayMs: DELAY_MS }), await startReceiver()];
  const program = await buildOnce(bench);
  const start = (output: HubOutput): Promise<Hub> =>
    startHub(directory, { outputs: { out: output }, program });
  const full = await start({ type: 'webhook', url: slow.url });
  const idle = await start({ type: 'webhook', url: fast.url });
  try {
    const idleMb = memoryMb(full.pid).now;
    progress(`  ${waiting} alerts to a destination that takes ${DELAY_MS} ms`);
    await load(sender, { ...single(full.port), alertsMax: waiting });
    // So that both are as warm.
    const arrived = fast.received(waiting);
    await load(sender, { ...single(idle.port), alertsMax: waiting });
    await arrived;
    const p99s = await pacedRounds(bench, { full, idle });
    return [...memoryRows(waiting, idleMb, memoryMb(full.pid).peak), ...latencyRows(waiting, p99s)];
  } finally {
    await Promise.all([full, idle, slow, fast].map((child) => child.kill()));
  }
}

interface Paced {
  readonly idle: readonly number[];
  readonly full: readonly number[];
}

/** The p99 of the answers of both, in turn. */
async function pacedRounds(
  { sender, rounds, progress }: Bench,
  hubs: { readonly full: Hub; readonly idle: Hub },
): Promise<Paced> {
  const p99s = { idle: [] as number[], full: [] as number[] };
  for (let round = 1; round <= rounds; round += 1) {
    progress(`  round ${round} of ${rounds}, ${PACE.requestsPerSecond} alerts/s`);
    for (const name of ['idle', 'full'] as const) {
      p99s[name].push((await load(sender, { ...single(hubs[name].port), ...PACE })).p99Ms);
    }
  }
  return p99s;
}

function memoryRows(waiting: number, idle: number, peak: number): Row[] {
  const scenario = `${waiting} alerts waiting for a destination that takes ${DELAY_MS} ms, memory of the build as the image runs it`;
  return [
    { scenario, figure: 'just started', value: idle, unit: 'MB' },
    { scenario, figure: 'peak', value: peak, unit: 'MB', atMost: PEAK_MB },
  ];
}

function latencyRows(waiting: number, { idle, full }: Paced): Row[] {
  const scenario = `the same, answers at ${PACE.requestsPerSecond} alerts/s from ${PACE.connections} connections`;
  const ratios = full.map((ms, round) => ms / (idle[round] as number));
  return [
    { scenario, figure: 'p99, nothing waiting', value: median(idle), unit: 'ms' },
    { scenario, figure: `p99, ${waiting} waiting`, value: median(full), unit: 'ms' },
    {
      scenario,
      figure: 'p99 against nothing waiting',
      value: median(ratios),
      unit: 'x',
      atMost: RATIO,
      spread: range(ratios),
    },
  ];
}
