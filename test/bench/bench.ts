import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Child, startChild } from './child.ts';
import { measureDelivery } from './delivery.ts';
import type { Server } from './hub.ts';
import { measureIngest } from './ingest.ts';
import { type Row, toJson, toTable } from './report.ts';
import { measureMemory, measureStart } from './start.ts';

/**
 * `npm run bench`: what an alert costs. Takes five minutes, with `--quick` two; `--only`
 * ingest, delivery, start or memory measures one part, `--json` prints the figures for a program,
 * `--directory` says where queues are kept. Linux only, for CPU and memory come from /proc.
 *
 * Trust the ratios: each is to the bare server, measured seconds before or after. Run it on a disk;
 * on a tmpfs an fsync costs nothing.
 */

export interface Bench {
  /** Where queues are kept. */
  readonly directory: string;
  readonly sender: Child;
  /** The baseline: what any server in this runtime must spend on an alert. */
  readonly bare: Server;
  readonly rounds: number;
  readonly roundMs: number;
  /** How long each server is loaded before anything is measured. */
  readonly warmUpMs: number;
  /** Alerts that go the whole way, in a round. */
  readonly alerts: number;
  readonly starts: number;
  /** Alerts that wait for a slow destination. */
  readonly waiting: number;
}

const FULL = { rounds: 8, roundMs: 800, warmUpMs: 8000, alerts: 8000, starts: 5, waiting: 50_000 };
const QUICK = { rounds: 3, roundMs: 600, warmUpMs: 4000, alerts: 3000, starts: 3, waiting: 20_000 };

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    directory: { type: 'string', default: tmpdir() },
    only: { type: 'string' },
  },
});

const PARTS: Readonly<Record<string, (bench: Bench) => Promise<Row[]>>> = {
  ingest: measureIngest,
  delivery: measureDelivery,
  start: measureStart,
  memory: measureMemory,
};

const size = options.quick ? QUICK : FULL;
const directory = mkdtempSync(join(options.directory, 'tocsin-bench-'));
const sender = startChild('./load.ts');
const bare = startChild('./bare-server.ts');
try {
  const { port } = await bare.message<{ kind: 'listening'; port: number }>('listening');
  const bench: Bench = { directory, sender, bare: { ...bare, port }, ...size };
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(PARTS)) {
    if (options.only === undefined || options.only === name) rows.push(...(await measure(bench)));
  }
  process.stdout.write(`${options.json ? toJson(rows) : toTable(rows)}\n`);
} finally {
  await Promise.all([sender.kill(), bare.kill()]);
  rmSync(directory, { recursive: true });
}
