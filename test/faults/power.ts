import { setTimeout as pause } from 'node:timers/promises';
import { startChecking } from '../support/checking-server.ts';
import { startHub } from '../support/hub-process.ts';
import { createLoopDisk, whyNoLoopDisk } from '../support/loop-disk.ts';
import type { Scenario, Stage } from './matrix.ts';
import { type Row, rowsOf, settled } from './rows.ts';
import { createSenders, sendSteadily } from './senders.ts';

/** The power fails: what was not written out to the disk is gone, and the file system recovers. */

const ROUNDS = 20;
const ROUNDS_SHORT = 3;
/** Alerts a second from each sender. */
const RATE = 100;
/** The destination is there in one round of so many. */
const UP_EVERY = 3;
/** 2 x concurrency x batch: what each loss may have sent again. */
const WINDOW = 8;

async function losePower(stage: Stage): Promise<Row[]> {
  const disk = createLoopDisk(stage);
  // What has arrived cannot be lost any more, so most of the time nothing arrives.
  let isUp = true;
  const seen = await startChecking(stage, () => ({ status: isUp ? 200 : 503, afterMs: 5 }));
  const outputs = { checked: { type: 'webhook', url: seen.url } };
  const hub = await startHub(
    stage,
    { ingest: { grpc: {} }, outputs },
    { queueDirectory: `${disk.point}/queue` },
  );
  const senders = createSenders(stage, hub);
  const sending = sendSteadily(stage, senders, RATE);
  const rounds = stage.short ? ROUNDS_SHORT : ROUNDS;
  for (let round = 0; round < rounds; round += 1) {
    isUp = round % UP_EVERY === UP_EVERY - 1;
    await pause(300 + stage.random.below(900));
    // It stands still while the disk is copied: whatever it has answered was answered before.
    hub.signal('SIGSTOP');
    disk.remember();
    await hub.kill();
    disk.losePower();
    await hub.start();
  }
  isUp = true;
  await pause(1000);
  await sending.stop();
  await settled(hub, 'checked', seen, senders);
  return rowsOf({ hub, fault: 'power loss', output: 'checked', seen }, senders, {
    duplicatesMax: rounds * WINDOW,
    note: `${rounds} losses, at most ${WINDOW} duplicates each`,
  });
}

export const power: readonly Scenario[] = [
  { name: 'power loss', short: true, missing: whyNoLoopDisk, run: losePower },
];
