import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { measureAudit } from './audit.ts';
import { measureBacklog } from './backlog.ts';
import { measureBehind } from './behind.ts';
import { startChild } from './child.ts';
import { type Bench, FULL, QUICK } from './conditions.ts';
import { measureDelivery } from './delivery.ts';
import { measureIngest } from './ingest.ts';
import { measureKafka } from './kafka.ts';
import { type Options, readOptions } from './options.ts';
import { type Row, toJson, toTable } from './report.ts';
import { measureOutputs, measureRoutes } from './scale.ts';
import { measureStart } from './start.ts';
import { measureWaiting } from './waiting.ts';

/** `npm run bench`: what an alert costs; `--help` says more. */

interface Part {
  readonly what: string;
  readonly measure: (bench: Bench) => Promise<Row[]>;
}

const PARTS: Readonly<Record<string, Part>> = {
  start: { what: 'start to the first 200 and idle memory', measure: measureStart },
  ingest: { what: 'taking alerts in, by door and connections', measure: measureIngest },
  audit: { what: 'Kubernetes audit events, against JSON.parse', measure: measureAudit },
  delivery: { what: 'the whole way to one output, and to three', measure: measureDelivery },
  routes: { what: '10 and 100 routes against 1', measure: measureRoutes },
  outputs: { what: '10 and 50 outputs against 1', measure: measureOutputs },
  waiting: { what: 'alerts that wait for a slow destination', measure: measureWaiting },
  backlog: { what: 'starting on a full queue, and catching up', measure: measureBacklog },
  behind: { what: '50 outputs that catch up at once', measure: measureBehind },
  kafka: { what: 'the whole way to a real Kafka', measure: measureKafka },
};

await run(readOptions(PARTS));

async function run(options: Options): Promise<void> {
  const directory = temporaryDirectory(options.directory);
  const progress = progressSince(performance.now());
  progress(options.quick ? 'a quick run' : 'a full run; `npm run bench -- --quick` is shorter');
  const sender = startChild('./load.ts');
  const bare = startChild('./bare-server.ts');
  try {
    const { port } = await bare.message<{ kind: 'listening'; port: number }>('listening');
    const size = options.quick ? QUICK : FULL;
    const bench: Bench = { ...size, directory, sender, bare: { ...bare, port }, progress };
    const rows: Row[] = [conditionsRow(options)];
    for (const [name, { what, measure }] of Object.entries(PARTS)) {
      if (options.only !== undefined && options.only !== name) continue;
      progress(`${name}: ${what}`);
      rows.push(...(await measure(bench)));
    }
    progress('done');
    process.stdout.write(`${options.json ? toJson(rows) : toTable(rows)}\n`);
  } finally {
    await Promise.all([sender.kill(), bare.kill()]);
  }
}

/** Without them no figure means anything. */
function conditionsRow({ quick }: Options): Row {
  const cores = `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'})`;
  const load = `load average ${loadavg()[0]?.toFixed(1)} before`;
  const run = quick ? 'a quick run' : 'a full run';
  const note = `${run}, Node ${process.version}, ${cores}, ${load}, ${new Date().toISOString()}`;
  return { scenario: 'conditions', note };
}

/** Removed when the process ends, also by Ctrl-C; children end first. */
function temporaryDirectory(parent: string): string {
  const directory = mkdtempSync(join(parent, 'tocsin-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  return directory;
}

function progressSince(startedAtMs: number): (text: string) => void {
  return (text) => {
    const seconds = Math.round((performance.now() - startedAtMs) / 1000);
    process.stderr.write(`${String(seconds).padStart(4)} s  ${text}\n`);
  };
}
