import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { buildOnce } from './built.ts';
import { memoryMb } from './child.ts';
import type { Bench } from './conditions.ts';
import { type HubSettings, startHub } from './hub.ts';
import { bulk } from './ingest.ts';
import { startReceiver } from './receiver.ts';
import type { Row } from './report.ts';
import { load } from './rounds.ts';
import { median, range } from './statistics.ts';

const START_MS = 1500;
const PEAK_MB = 200;
const ALERTS_PER_SECOND = 15_000;

/**
 * A queue full of what a destination has missed: starting on it after `kill -9`, and delivering it
 * once the destination is back. The queue is filled once.
 */
export async function measureBacklog(bench: Bench): Promise<Row[]> {
  const { directory, sender, backlog, starts, progress } = bench;
  const queue = mkdtempSync(join(directory, 'backlog-'));
  const port = await freePort();
  const hook = { type: 'webhook', url: `http://127.0.0.1:${port}/`, body: 'ndjson' };
  const program = await buildOnce(bench);
  const settings: HubSettings = { outputs: { hook }, queue, program };
  try {
    progress(`  filling the queue with ${backlog} alerts`);
    const filled = await startHub(directory, settings);
    await load(sender, { ...bulk(filled.port), alertsMax: backlog });
    await filled.kill();
    const times: number[] = [];
    for (let start = 1; start <= starts; start += 1) {
      progress(`  start ${start} of ${starts}`);
      const hub = await startHub(directory, settings);
      times.push(hub.startMs);
      await hub.kill();
    }
    progress('  catching up');
    const scenario = `${backlog} alerts on disk, the build as the image runs it`;
    return [
      {
        scenario,
        figure: 'start to the first 200',
        value: median(times),
        unit: 'ms',
        atMost: START_MS,
        spread: range(times),
      },
      ...(await catchUp(bench, scenario, settings, port)),
    ];
  } finally {
    rmSync(queue, { recursive: true, force: true });
  }
}

/** Into a destination that answers at once, a batch of NDJSON a request. */
async function catchUp(
  { directory, backlog }: Bench,
  scenario: string,
  settings: HubSettings,
  port: number,
): Promise<Row[]> {
  const receiver = await startReceiver({ port });
  const arrived = receiver.received(backlog);
  const startedAtMs = performance.now();
  const hub = await startHub(directory, settings);
  try {
    await arrived;
    // The start counts, too.
    const perSecond = backlog / ((performance.now() - startedAtMs) / 1000);
    const { peak } = memoryMb(hub.pid);
    return [
      { scenario, figure: 'memory, peak', value: peak, unit: 'MB', atMost: PEAK_MB },
      {
        scenario,
        figure: 'catching up into a webhook, NDJSON',
        value: perSecond,
        unit: '/s',
        atLeast: ALERTS_PER_SECOND,
      },
    ];
  } finally {
    await Promise.all([hub.kill(), receiver.kill()]);
  }
}
