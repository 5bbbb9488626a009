import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { buildOnce } from './built.ts';
import { memoryMb, startChild } from './child.ts';
import type { Bench } from './conditions.ts';
import { answers, type Program, startHub } from './hub.ts';
import { DOWN } from './ingest.ts';
import type { Row } from './report.ts';
import { median, range } from './statistics.ts';

const START_MS = 600;
const IDLE_MB = 110;
/** From the first 200 to the look at the memory of a hub that has nothing to do. */
const IDLE_MS = 1000;
/** Within so long after its start a hub has written what it compiled, for the next start. */
const COMPILED_MS = 4000;

/** One start: how long it took to the first 200, and the memory a while later. */
interface Start {
  readonly ms: number;
  readonly idleMb: number;
}

/** On an empty queue, with one webhook. */
export async function measureStart(bench: Bench): Promise<Row[]> {
  const { directory, starts, progress } = bench;
  const built = await buildOnce(bench);
  const programs: readonly [string, () => Promise<Start>][] = [
    ['bare server', startBare],
    ['hub from the sources, as `npm start`', () => startAndEnd(directory)],
    [
      'hub from the build, as the image, nothing compiled before',
      () => startAndEnd(directory, built),
    ],
  ];
  const all = programs.map(() => [] as Start[]);
  await startAndEnd(directory, undefined, COMPILED_MS);
  for (let round = 1; round <= starts; round += 1) {
    progress(`  start ${round} of ${starts}`);
    for (const [at, [, start]] of programs.entries()) all[at]?.push(await start());
  }
  return programs.flatMap(([name], at) => rowsOf(name, all[at] as Start[], at > 0));
}

function rowsOf(scenario: string, starts: readonly Start[], isHub: boolean): Row[] {
  const times = starts.map(({ ms }) => ms);
  const memory = starts.map(({ idleMb }) => idleMb);
  return [
    {
      scenario,
      figure: 'start to the first 200',
      value: median(times),
      unit: 'ms',
      atMost: isHub ? START_MS : undefined,
      spread: range(times),
    },
    {
      scenario,
      figure: 'memory, idle',
      value: median(memory),
      unit: 'MB',
      atMost: isHub ? IDLE_MB : undefined,
      spread: range(memory),
    },
  ];
}

async function startAndEnd(directory: string, program?: Program, idleMs = IDLE_MS): Promise<Start> {
  const settings = { outputs: { down: DOWN }, ...(program === undefined ? {} : { program }) };
  const hub = await startHub(directory, settings);
  await pause(idleMs);
  const idleMb = memoryMb(hub.pid).now;
  await hub.kill();
  return { ms: hub.startMs, idleMb };
}

async function startBare(): Promise<Start> {
  const port = await freePort();
  const startedAtMs = performance.now();
  const child = startChild('./bare-server.ts', { args: [String(port)] });
  await answers(port);
  const ms = performance.now() - startedAtMs;
  await pause(IDLE_MS);
  const idleMb = memoryMb(child.pid).now;
  await child.kill();
  return { ms, idleMb };
}
