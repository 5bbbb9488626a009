import type { Bench } from './bench.ts';
import { type Child, memoryMiB, startChild } from './child.ts';
import { freePort } from '../support/free-port.ts';
import { answers, startHub } from './hub.ts';
import { DOWN, single } from './ingest.ts';
import type { Row } from './report.ts';
import { load } from './rounds.ts';
import { median } from './statistics.ts';

const DELAY_MS = 200;

/** From spawning the process to its first 200, on a POST. */
export async function measureStart({ directory, starts }: Bench): Promise<Row[]> {
  const bareMs: number[] = [];
  const hubMs: number[] = [];
  for (let start = 0; start < starts; start += 1) {
    bareMs.push(await timeOf(startBare));
    hubMs.push(await timeOf(() => startHub(directory, { outputs: { down: DOWN } })));
  }
  const ratios = hubMs.map((ms, start) => ms / (bareMs[start] as number));
  const scenario = 'start to the first 200';
  return [
    { scenario, figure: 'bare server', value: median(bareMs), unit: 'ms' },
    { scenario, figure: 'hub', value: median(hubMs), unit: 'ms' },
    { scenario, figure: 'hub against the bare server', value: median(ratios), unit: 'x' },
  ];
}

async function timeOf(start: () => Promise<Child>): Promise<number> {
  const startedAtMs = performance.now();
  const child = await start();
  const ms = performance.now() - startedAtMs;
  await child.kill();
  return ms;
}

async function startBare(): Promise<Child> {
  const port = await freePort();
  const child = startChild('./bare-server.ts', [String(port)]);
  await answers(port);
  return child;
}

/** Memory is flat: what a slow destination has not had waits on disk. */
export async function measureMemory({ directory, sender, waiting }: Bench): Promise<Row[]> {
  const destination = startChild('./destination.ts', [String(DELAY_MS)]);
  const { port } = await destination.message<{ kind: 'listening'; port: number }>('listening');
  const hub = await startHub(directory, {
    outputs: { slow: { type: 'webhook', url: `http://127.0.0.1:${port}/` } },
  });
  const scenario = `memory, a destination that takes ${DELAY_MS} ms`;
  try {
    const idle = memoryMiB(hub.pid).now;
    await load(sender, { ...single(hub.port), alertsMax: waiting });
    const { peak } = memoryMiB(hub.pid);
    return [
      { scenario, figure: 'idle', value: idle, unit: 'MiB' },
      {
        scenario,
        figure: `peak, ${waiting} alerts waiting`,
        value: peak,
        unit: 'MiB',
        atMost: 250,
      },
    ];
  } finally {
    await Promise.all([hub.kill(), destination.kill()]);
  }
}
