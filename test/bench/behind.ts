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

const OUTPUTS = 50;
const PEAK_MB = 250;

/** Many outputs that have missed the same alerts, and catch up at once: they share one reader. */
export async function measureBehind(bench: Bench): Promise<Row[]> {
  const { directory, sender, alerts, progress } = bench;
  const queue = mkdtempSync(join(directory, 'behind-'));
  const port = await freePort();
  const settings: HubSettings = {
    outputs: Object.fromEntries(
      Array.from({ length: OUTPUTS }, (_, at) => [
        `out-${at}`,
        { type: 'webhook', url: `http://127.0.0.1:${port}/${at}`, body: 'ndjson' },
      ]),
    ),
    queue,
    program: await buildOnce(bench),
  };
  try {
    progress(`  ${OUTPUTS} outputs that miss ${alerts} alerts`);
    const filled = await startHub(directory, settings);
    await load(sender, { ...bulk(filled.port), alertsMax: alerts });
    await filled.kill();
    progress('  catching up');
    const peak = await catchUp(directory, settings, port, OUTPUTS * alerts);
    const scenario = `${OUTPUTS} outputs, each ${alerts} alerts behind, the build as the image runs it`;
    return [{ scenario, figure: 'memory, peak', value: peak, unit: 'MB', atMost: PEAK_MB }];
  } finally {
    rmSync(queue, { recursive: true, force: true });
  }
}

async function catchUp(
  directory: string,
  settings: HubSettings,
  port: number,
  deliveries: number,
): Promise<number> {
  const receiver = await startReceiver({ port });
  const arrived = receiver.received(deliveries);
  const hub = await startHub(directory, settings);
  try {
    await arrived;
    return memoryMb(hub.pid).peak;
  } finally {
    await Promise.all([hub.kill(), receiver.kill()]);
  }
}
