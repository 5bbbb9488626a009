import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { readBooks } from '../support/accounts.ts';
import { startChecking } from '../support/checking-server.ts';
import { type HubProcess, startHub } from '../support/hub-process.ts';
import { leafPages, tearPages, truncateFile } from '../support/queue-directory.ts';
import type { Random } from '../support/random.ts';
import type { Scenario, Stage } from './matrix.ts';
import { type Row, rowsOf, settled, sumOf } from './rows.ts';
import { createSenders, sendSteadily } from './senders.ts';

/** The queue's file is not what was written: the hub says what it lost, keeps the file, goes on. */

/** Alerts a second from each sender. */
const RATE = 150;
const PAGE_BYTES = 4096;

interface Damage {
  readonly name: string;
  /** Does it to the files of a hub that is not running. */
  readonly harm: (queueDirectory: string, random: Random) => void;
  /** Whether the hub was killed, so that there is a log beside the file. */
  readonly killed?: boolean;
  /** Alerts that may be gone, and must be told: none by default. */
  readonly costs?: boolean;
  /** The structure of the file is damaged, so another one must take its place, now or next time. */
  readonly replaced?: boolean;
}

/** Many alerts wait when it happens, or there would be nothing to lose. */
async function harm(
  stage: Stage,
  { name, harm, killed = false, costs = false, replaced = false }: Damage,
): Promise<Row[]> {
  const seen = await startChecking(stage);
  await seen.close();
  const outputs = { checked: { type: 'webhook', url: seen.url, body: 'ndjson' } };
  const hub = await startHub(stage, { ingest: { grpc: {} }, outputs });
  const senders = createSenders(stage, hub);
  const before = sendSteadily(stage, senders, RATE);
  await pause(stage.short ? 2000 : 5000);
  await before.stop();
  await (killed ? hub.kill() : hub.stop());
  harm(hub.queueDirectory, stage.random);
  await hub.start();
  const after = sendSteadily(stage, senders, RATE);
  await pause(1000);
  await seen.open();
  await after.stop();
  const all = sumOf(senders);
  await settled(hub, 'checked', seen, [all]);
  const { dead } = readBooks(hub, 'checked');
  // An alert of which the text is damaged is a dead letter, and so is told, too.
  const isDead = (uuid: string): boolean => costs && dead.has(uuid);
  const place = { hub, fault: name, output: 'checked', seen };
  const [row] = rowsOf(place, [all], { isDead }) as [Row];
  const kept = readdirSync(hub.queueDirectory).some((file) => file.includes('.damaged-'));
  const isMarked = readdirSync(hub.queueDirectory).includes('queue.db.salvage');
  const missing = row.acknowledged - row.delivered - row.dead;
  const broken = [
    ...(row.suppressed === 0 || costs ? [] : [`${row.suppressed} are told as damaged`]),
    ...(missing === row.suppressed ? [] : [`${missing} are missing, ${row.suppressed} are told`]),
    ...(!replaced || kept || isMarked ? [] : ['the damaged file is not kept']),
  ];
  return [{ ...row, note: noteOf(hub, row, kept), broken: [...row.broken, ...broken] }];
}

function noteOf(hub: HubProcess, { suppressed }: Row, kept: boolean): string {
  const told = hub.log().filter((line) => JSON.stringify(line).includes('damaged')).length;
  return `${suppressed} told as damaged in ${told} lines of the log; the file is ${kept ? 'kept' : 'in use'}`;
}

function fileIn(directory: string): string {
  return join(directory, 'queue.db');
}

function change(path: string, edit: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  edit(bytes);
  writeFileSync(path, bytes);
}

function truncated(directory: string): void {
  truncateFile(fileIn(directory), 0.7);
}

/** The page of the newest alerts. */
function tornPage(directory: string): void {
  const path = fileIn(directory);
  tearPages(path, pagesOfAlerts(path).slice(-1));
}

function flippedBit(directory: string, random: Random): void {
  const path = fileIn(directory);
  const page = random.pick(pagesOfAlerts(path));
  // The second half of a page: texts, not the head that says where they are.
  const at = (page - 1) * PAGE_BYTES + PAGE_BYTES / 2 + random.below(PAGE_BYTES / 2);
  change(path, (bytes) => {
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  });
}

function pagesOfAlerts(path: string): number[] {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return leafPages(db, 'alert');
  } finally {
    db.close();
  }
}

/** A frame of the log that was being written when the power went: half of it is there. */
function tornLog(directory: string, random: Random): void {
  const half = Buffer.from(Array.from({ length: PAGE_BYTES / 2 }, () => random.below(256)));
  appendFileSync(`${fileIn(directory)}-wal`, half);
}

const DAMAGES: readonly Damage[] = [
  { name: 'queue file truncated', harm: truncated, costs: true, replaced: true },
  { name: 'torn in the last page of alerts', harm: tornPage, costs: true, replaced: true },
  { name: 'a bit flipped in the middle', harm: flippedBit, costs: true },
  { name: 'half a frame after the end of the log', harm: tornLog, killed: true },
];

export const damaged: readonly Scenario[] = DAMAGES.map((damage) => ({
  name: damage.name,
  short: damage.harm === flippedBit,
  run: (stage: Stage) => harm(stage, damage),
}));
