import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type CheckingServer, startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { get, type HubConfig, type HubProcess, startHub } from '../support/hub-process.ts';
import { createLoopDisk, whyNoLoopDisk } from '../support/loop-disk.ts';
import { numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';
import { fillDisk, mountDisk, whereToMount } from '../support/small-disk.ts';
import { damaged } from './damage.ts';
import type { Scenario, Stage } from './matrix.ts';
import { type Promises, type Row, rowsOf, settled } from './rows.ts';
import { createSenders, NUMBERS_EACH, type Sender, sendSteadily } from './senders.ts';
import { slowDisk } from './slow-disk.ts';

/** The disk is full, cannot be written, is slow, or gives back what was not written. */

/** Alerts a second from each sender. */
const RATE = 40;
/** 2 x concurrency x batch: what was under way when nothing could be written any more. */
const WINDOW = 8;

interface Arranged {
  readonly hub: HubProcess;
  readonly senders: readonly Sender[];
  readonly sending: { stop(): Promise<void> };
  readonly up: CheckingServer;
  readonly down: CheckingServer;
  /** Rows for both outputs; `down` is there again. */
  rows(fault: string, promises?: Promises): Promise<Row[]>;
}

/** A hub whose queue is there, with an output that is up and one that is not. */
async function arrange(stage: Stage, queueDirectory: string): Promise<Arranged> {
  const [up, down] = [await startChecking(stage), await startChecking(stage)];
  await down.close();
  const config: HubConfig = {
    ingest: { grpc: {} },
    queue: { whenFull: 'reject' },
    outputs: { up: { type: 'webhook', url: up.url }, down: { type: 'webhook', url: down.url } },
  };
  const hub = await startHub(stage, config, { queueDirectory });
  const senders = createSenders(stage, hub);
  const sending = sendSteadily(stage, senders, RATE);
  return {
    hub,
    senders,
    sending,
    up,
    down,
    async rows(fault, promises) {
      await sending.stop();
      await down.open();
      const rows: Row[] = [];
      for (const [output, seen] of Object.entries({ up, down })) {
        if (promises?.unpromised !== true) await settled(hub, output, seen, senders);
        const name = `${fault}, destination ${output}`;
        rows.push(...rowsOf({ hub, fault: name, output, seen }, senders, promises));
      }
      return rows;
    },
  };
}

async function fullDisk(stage: Stage): Promise<Row[]> {
  const disk = mountDisk(stage, 32);
  const { hub, rows } = await arrange(stage, disk);
  await pause(1000);
  const giveBack = fillDisk(disk);
  const filler = createPoster(stage, hub);
  let number = 9 * NUMBERS_EACH;
  await eventually('the disk is full', async () => {
    number += 20;
    return (await filler.post(...numberedAlerts(number, 20, { padding: LONG }))).status === 503;
  });
  await pause(stage.short ? 1000 : 5000);
  // Small alerts may have had room for a while.
  const isTold = async (): Promise<boolean> => (await get(hub, '/readyz')).status === 503;
  await eventually('/readyz tells that the disk is full', isTold);
  giveBack();
  await eventually('alerts are kept again', async () => {
    number += 20;
    return (await filler.post(...numberedAlerts(number, 1))).status === 200;
  });
  await pause(1000);
  return rows('disk full');
}

const LONG = 'x'.repeat(10_000);

/** Errors of the device: from one moment to the next nothing can be written any more. */
async function abortedDisk(stage: Stage): Promise<Row[]> {
  const disk = createLoopDisk(stage);
  const { hub, rows, senders } = await arrange(stage, `${disk.point}/queue`);
  await pause(1500);
  disk.abort();
  await pause(500);
  const kept = senders.map(({ acknowledged }) => acknowledged.size);
  await pause(stage.short ? 1000 : 4000);
  const promisedMeanwhile = senders.some(({ acknowledged }, i) => acknowledged.size !== kept[i]);
  await hub.kill();
  disk.repair();
  await hub.start();
  await pause(1000);
  return rows('disk turns read-only', {
    duplicatesMax: WINDOW,
    note: 'what was sent and could not be written down any more is sent again',
    broken: promisedMeanwhile ? ['alerts were acknowledged that no disk took'] : [],
  });
}

/** No queue at all: what comes in over HTTP goes out from memory, and is promised to nobody. */
function unkept(fault: string, prepare: (stage: Stage) => string) {
  return async (stage: Stage): Promise<Row[]> => {
    const { hub, rows, senders, up } = await arrange(stage, prepare(stage));
    await pause(stage.short ? 1000 : 3000);
    const ready = await get(hub, '/readyz');
    const all = await rows(fault, { unpromised: true });
    // A stream is held back instead: its sender still has what it sent.
    const posted = senders.filter(({ way }) => way !== 'grpc').flatMap(({ sent }) => [...sent]);
    const arrived = (): number => posted.filter((uuid) => up.taken.has(uuid)).length;
    await eventually('what was refused arrives', () => arrived() >= posted.length * 0.9);
    const note = `${arrived()} of ${posted.length} posted arrive though nothing was promised`;
    const broken = ready.status === 503 ? [] : ['/readyz does not tell that nothing is kept'];
    return all
      .slice(0, senders.length)
      .map((row) => ({ ...row, note, broken: [...row.broken, ...broken] }));
  };
}

/** Shared memory cannot be had: a folder stands in the place of its file. */
function withoutSharedMemory(stage: Stage): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-unshared-'));
  stage.after(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'queue.db-shm'));
  return directory;
}

function whyNoMount(): string | undefined {
  return whereToMount() === 'here' ? undefined : 'needs root, to mount a small disk';
}

export const disk: readonly Scenario[] = [
  { name: 'full', short: true, missing: whyNoMount, run: fullDisk },
  { name: 'turns read-only', missing: whyNoLoopDisk, run: abortedDisk },
  {
    name: 'read-only from the start',
    missing: whyNoMount,
    run: unkept('read-only from the start', (stage) => mountDisk(stage, 1, 'ro')),
  },
  { name: 'no shared memory', run: unkept('no shared memory', withoutSharedMemory) },
  ...slowDisk,
  ...damaged,
];
