import { setTimeout as pause } from 'node:timers/promises';
import { startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { type HubConfig, type HubProcess, startHub } from '../support/hub-process.ts';
import { stopBehindBalancer } from './balancer.ts';
import type { Scenario, Stage } from './matrix.ts';
import { type Row, rowsOf, settled } from './rows.ts';
import { createSenders, type Sender, sendSteadily, WAYS } from './senders.ts';

/** `kill -9` at random moments, and in the middle of what is delicate. */

interface Killing {
  readonly name: string;
  readonly kills: number;
  readonly killsShort?: number;
  /** Of all senders together. */
  readonly alertsPerSecond: number;
  readonly settings: { readonly [setting: string]: unknown };
  /** What the lane may have under way, or not yet written down: 2 x concurrency x batch. */
  readonly window: number;
  readonly config?: Partial<HubConfig>;
  /** What answers take: the longer, the more waits. */
  readonly answerMs?: number;
  /** Until the hub is to be killed; by default any moment of most of a second. */
  readonly approach?: (run: Run, kill: number) => Promise<void>;
  /** Brings it back; by default it starts, and listens. */
  readonly restart?: (run: Run, kill: number) => Promise<void>;
  readonly alone?: boolean;
}

interface Run {
  readonly hub: HubProcess;
  readonly stage: Stage;
  readonly config: HubConfig;
}

function killing(killing: Killing): Scenario {
  const { name, alone = false, killsShort } = killing;
  return { name, alone, short: killsShort !== undefined, run: (stage) => kill(stage, killing) };
}

async function kill(stage: Stage, killing: Killing): Promise<Row[]> {
  const { kills, killsShort = 0, settings, window, answerMs = 5 } = killing;
  const { approach = anyMoment, restart = start, alertsPerSecond } = killing;
  const seen = await startChecking(stage, () => ({ status: 200, afterMs: answerMs }));
  const outputs = { checked: { type: 'webhook', url: seen.url, ...settings } };
  const config = { ingest: { grpc: {} }, outputs, ...killing.config };
  const hub = await startHub(stage, config);
  const run = { hub, stage, config };
  const senders = createSenders(stage, hub, WAYS);
  const sending = sendSteadily(stage, senders, alertsPerSecond / senders.length);
  const count = stage.short ? killsShort : kills;
  for (let done = 0; done < count; done += 1) {
    await approach(run, done);
    await hub.kill();
    await restart(run, done);
    if (done % 10 === 9) stage.tell(`${done + 1} kills`);
  }
  await moreIsTaken(senders);
  await sending.stop();
  await settled(hub, 'checked', seen, senders);
  return rowsOf({ hub, fault: killing.name, output: 'checked', seen }, senders, {
    duplicatesMax: count * window,
    note: `${count} kills, at most ${window} duplicates each`,
  });
}

async function anyMoment({ stage: { random } }: Run): Promise<void> {
  await pause(100 + random.below(700));
}

async function start({ hub }: Run): Promise<void> {
  await hub.start();
}

/** Waits until each has got an answer again: a stream needs a moment to be opened anew. */
async function moreIsTaken(senders: readonly Sender[]): Promise<void> {
  const before = new Map(senders.map((sender) => [sender, sender.acknowledged.size]));
  await eventually('alerts are taken again', () =>
    senders.every((sender) => sender.acknowledged.size > (before.get(sender) ?? 0) + 10),
  );
}

/** Kills it as it starts, and lets every third start go through. */
async function inRecovery({ hub, stage: { random } }: Run, kill: number): Promise<void> {
  if (kill % 3 === 2) return hub.start();
  const started = hub.start().catch(() => undefined);
  await pause(random.below(600));
  await hub.kill();
  await started;
  await hub.start();
}

/** The configuration is another one at each reload, and the kill comes while it is put in force. */
async function inReload({ hub, stage, config }: Run, kill: number): Promise<void> {
  await pause(300 + stage.random.below(300));
  const other = { type: 'file', path: '/dev/null' };
  const outputs = kill % 2 === 0 ? { ...config.outputs, other } : config.outputs;
  hub.configure({ ...config, outputs });
  hub.signal('SIGHUP');
  await pause(stage.random.below(80));
}

const SINGLE = { concurrency: 4, batch: { alertsMax: 1 } } as const;
const BATCHES = { body: 'ndjson', concurrency: 2, batch: { alertsMax: 100 } } as const;

export const kills: readonly Scenario[] = [
  killing({
    name: 'kill -9 at 200/s',
    kills: 30,
    killsShort: 4,
    alertsPerSecond: 200,
    settings: SINGLE,
    window: 8,
  }),
  {
    name: 'SIGTERM behind a load balancer',
    short: true,
    run: (stage) => stopBehindBalancer(stage, stage.short ? 2 : 30),
  },
  killing({
    name: 'kill -9 in start-up recovery',
    kills: 15,
    alertsPerSecond: 200,
    settings: SINGLE,
    window: 16,
    answerMs: 15,
    restart: inRecovery,
  }),
  killing({
    name: 'kill -9 in retention',
    kills: 15,
    alertsPerSecond: 900,
    settings: BATCHES,
    window: 400,
    config: { queue: { bytesMax: '64MiB', historyMax: '256KiB' } },
  }),
  killing({
    name: 'kill -9 in a reload',
    kills: 15,
    killsShort: 2,
    alertsPerSecond: 200,
    settings: SINGLE,
    window: 8,
    approach: inReload,
  }),
  killing({
    name: 'kill -9 at 3,000/s',
    kills: 30,
    alertsPerSecond: 3000,
    settings: BATCHES,
    window: 400,
    alone: true,
  }),
];
