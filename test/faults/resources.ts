import { setTimeout as pause } from 'node:timers/promises';
import { memoryMiB } from '../bench/child.ts';
import { createControlGroup, type ControlGroup } from '../image/cgroup.ts';
import { OK, startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { get, type HubProcess, startHub } from '../support/hub-process.ts';
import { createMachine, type Machine } from '../support/machine.ts';
import { shippedFlags } from '../support/shipped-flags.ts';
import type { Scenario, Stage } from './matrix.ts';
import { answering, outage } from './outage.ts';
import { type Row, rowsOf, settled } from './rows.ts';
import { createSenders, sendSteadily, type Way, WAYS } from './senders.ts';

/** The machine gives too little, or its clocks jump. */

const HOUR_MS = 3_600_000;
const machines = new WeakMap<Stage, Machine>();

function machineIn(stage: Stage): Machine {
  const machine = machines.get(stage) ?? createMachine(stage);
  machines.set(stage, machine);
  return machine;
}

const place = (stage: Stage) => ({ nodeFlags: machineIn(stage).nodeFlags });
const down = answering(() => ({ status: 503 }));

/** The wall clock alone, forth and back, twice. */
async function jump(_: HubProcess, stage: Stage): Promise<void> {
  for (const wallMs of [HOUR_MS, 0, -HOUR_MS, 0]) {
    machineIn(stage).set({ wallMs });
    await pause(stage.short ? 600 : 2000);
  }
}

async function block(_: HubProcess, stage: Stage): Promise<void> {
  for (let number = 1; number <= 3; number += 1) {
    machineIn(stage).set({ block: { number, ms: 2000 } });
    await pause(3000);
  }
}

/** Of which a hub with two doors and three threads needs half before anybody connects. */
const FILES_MAX = 64;

async function useUpFiles(hub: HubProcess, stage: Stage): Promise<void> {
  const endMs = performance.now() + (stage.short ? 2000 : 8000);
  // Each has a connection of its own, which is a file.
  while (performance.now() < endMs) {
    await Promise.all(Array.from({ length: 60 }, () => get(hub, '/ping').catch(() => undefined)));
  }
}

interface Container {
  readonly name: string;
  readonly memoryMiB: number;
  readonly cores: number;
  readonly ways: readonly Way[];
  /** Alerts a second from each sender. */
  readonly rate: number;
  /** How many are to wait; what there is after `lastsMsMax` has to do. */
  readonly alerts: number;
  readonly lastsMsMax: number;
}

/** Alerts pile up while the destination is away; then all of them go. */
async function inContainer(
  stage: Stage,
  { name, ways, rate, alerts, lastsMsMax, ...limits }: Container,
): Promise<Row[]> {
  const group = createControlGroup(limits) as ControlGroup;
  stage.after(() => removeWhenEmpty(group));
  const seen = await startChecking(stage);
  await seen.close();
  const join = 'for file in $0; do echo $$ > "$file"; done; exec "$@"';
  const hub = await startHub(
    stage,
    {
      ingest: { grpc: {} },
      outputs: { checked: { type: 'webhook', url: seen.url, body: 'ndjson' } },
    },
    { wrapper: ['sh', '-c', join, group.members.join(' ')], nodeFlags: shippedFlags() },
  );
  const pid = hub.pid();
  const senders = createSenders(stage, hub, ways);
  const sending = sendSteadily(stage, senders, rate);
  const taken = (): number => senders.reduce((sum, one) => sum + one.acknowledged.size, 0);
  await eventually('they wait', () => taken() >= alerts, lastsMsMax).catch(() => undefined);
  await sending.stop();
  await seen.open();
  await settled(hub, 'checked', seen, senders);
  const note = `${taken()} waited, within ${limits.memoryMiB} MiB and ${limits.cores} cores (${group.kind}); peak ${memoryMiB(pid).peak.toFixed(0)} MiB`;
  return rowsOf({ hub, fault: name, output: 'checked', seen }, senders, { note });
}

/** A process that was killed needs a moment to leave. */
async function removeWhenEmpty(group: ControlGroup): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      group.remove();
      return;
    } catch {
      await pause(50);
    }
  }
}

function whyNoGroup(): string | undefined {
  const group = createControlGroup({ memoryMiB: 64, cores: 1 });
  group?.remove();
  return group === undefined ? 'needs root, and control groups that can be written' : undefined;
}

function container(limits: Container): Scenario {
  const run = (stage: Stage): Promise<Row[]> => inContainer(stage, limits);
  return { name: limits.name, missing: whyNoGroup, alone: limits.cores > 1, run };
}

export const resources: readonly Scenario[] = [
  {
    ...outage(
      'clock jumps',
      { 'clock jumps an hour, forth and back': down },
      { place, meanwhile: jump },
    ),
    short: false,
  },
  {
    ...outage(
      'event loop blocked',
      { 'event loop blocked for 2 s, three times': answering(() => OK) },
      {
        place,
        meanwhile: block,
      },
    ),
    short: false,
  },
  {
    ...outage(
      'no file left',
      { [`${FILES_MAX} file descriptors`]: down },
      {
        place: () => ({ wrapper: ['prlimit', `--nofile=${FILES_MAX}`] }),
        meanwhile: useUpFiles,
      },
    ),
    short: false,
  },
  container({
    name: '100,000 wait in 256 MiB',
    memoryMiB: 256,
    cores: 2,
    ways: ['ndjson', 'grpc'],
    rate: 5000,
    alerts: 100_000,
    lastsMsMax: 60_000,
  }),
  container({
    name: '128 MiB, a tenth of a core',
    memoryMiB: 128,
    cores: 0.1,
    ways: WAYS,
    rate: 10,
    alerts: 600,
    lastsMsMax: 30_000,
  }),
];
