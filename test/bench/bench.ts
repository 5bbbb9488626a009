import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Child, startChild } from './child.ts';
import { measureDelivery } from './delivery.ts';
import { measureIngest, single } from './ingest.ts';
import { type Row, toJson, toTable } from './report.ts';
import { costOf, type Variant } from './rounds.ts';
import { measureMemory, measureStart } from './start.ts';

/**
 * `npm run bench`: what an alert costs. Takes under three minutes, `--quick` a third of that;
 * `--json` prints the figures for a program. Linux only, for CPU and memory come from /proc.
 *
 * Trust the ratios: each is to the bare server, measured seconds before or after. Run it on a disk;
 * on a tmpfs an fsync costs nothing.
 */

export interface Bench {
  /** Where queues are kept. */
  readonly directory: string;
  readonly sender: Child;
  readonly bareVariant: Variant;
  readonly rounds: number;
  readonly roundMs: number;
  /** Alerts that go the whole way, in a round. */
  readonly alerts: number;
  readonly starts: number;
  /** Alerts that wait for a slow destination. */
  readonly waiting: number;
}

const FULL = { rounds: 5, roundMs: 2000, alerts: 8000, starts: 5, waiting: 50_000 };
const QUICK = { rounds: 3, roundMs: 1000, alerts: 3000, starts: 3, waiting: 20_000 };

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
  const bareVariant: Variant = {
    name: 'bare node:http that parses each body and keeps nothing',
    run: () => costOf(bare, sender, { ...single(port), durationMs: size.roundMs }),
  };
  const bench: Bench = { directory, sender, bareVariant, ...size };
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(PARTS)) {
    if (options.only === undefined || options.only === name) rows.push(...(await measure(bench)));
  }
  process.stdout.write(`${options.json ? toJson(rows) : toTable(rows)}\n`);
} finally {
  await Promise.all([sender.kill(), bare.kill()]);
  rmSync(directory, { recursive: true });
}
