import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { DeadSelection } from './dead-letters.ts';
import { createReserve, diskFault } from './disk.ts';
import type { LaneRequest } from './lanes.ts';
import { takeLock } from './lock.ts';
import type { RetentionLimits } from './retention.ts';
import { walBytes } from './retention.ts';
import { openForWriting } from './schema.ts';
import { type CommitReply, type CommitRequest, Store } from './store.ts';
import { answer, type ThreadCall } from './thread.ts';

/**
 * The writing thread: it owns the only connection that writes, and the lock. Everything that
 * changes the file comes through its mailbox, one call at a time.
 */

export interface WriterData {
  readonly directory: string;
  readonly limits: RetentionLimits;
}

/** The log is folded into the file by the reading thread; past this size the writer does it itself. */
const WAL_BYTES_MAX = 64 * 1024 * 1024;
const HOUSEKEEPING_MS = 60_000;

const port = parentPort;
if (port === null) throw new Error('writer.ts runs as a worker thread.');
const { directory, limits } = workerData as WriterData;
const path = join(directory, 'queue.db');
const walMax = Math.min(WAL_BYTES_MAX, Math.max(limits.bytesMax / 8, 1024 * 1024));

const lock = takeLock(join(directory, 'lock.db'));
const db = openForWriting(path);
const store = new Store(db, path, limits);
const reserve = createReserve(directory, limits.bytesMax);

function commit(request: CommitRequest, nowMs: number): CommitReply {
  try {
    return store.commit(request, nowMs);
  } catch (error) {
    if (diskFault((error as { errcode?: number }).errcode) !== 'full') throw error;
    return commitOnFullDisk(request, nowMs, error);
  }
}

/** Gives up the reserve, frees a step and tries once more; the reserve comes back with the room. */
function commitOnFullDisk(request: CommitRequest, nowMs: number, failure: unknown): CommitReply {
  const released = reserve.release();
  const moves: CommitReply['moves'][number][] = [];
  const freed = store.makeRoom(nowMs, moves);
  if (!released && !freed) throw failure;
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const reply = store.commit(request, nowMs);
  return { ...reply, moves: [...moves, ...reply.moves] };
}

function tidy(): void {
  if (walBytes(path) > walMax) db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  // A step at a time, so that calls that wait go first.
  if (store.keepHistory()) setImmediate(tidy);
}

function housekeep(): void {
  try {
    reserve.ensure();
    store.dropOrphans(Date.now());
    tidy();
  } catch {
    // A full disk: the next commit finds out, and says so to those who wait for it.
  }
}

const housekeeping = setInterval(housekeep, HOUSEKEEPING_MS);

const handlers = {
  open: () => ({ nextN: store.nextN, usedBytes: store.usedBytes() }),
  commit: (request: CommitRequest, nowMs: number) => {
    const reply = commit(request, nowMs);
    setImmediate(tidyQuietly);
    return reply;
  },
  syncLanes: (outputs: readonly LaneRequest[], nowMs: number) => store.syncLanes(outputs, nowMs),
  dropOrphans: (nowMs: number, name?: string) => store.dropOrphans(nowMs, name),
  replayDead: (selection: DeadSelection, to?: number) => store.dead.replay(selection, to),
  replayStale: (lane: number, nowMs: number) => store.dead.replayStale(lane, nowMs),
  dropDead: (selection: DeadSelection) => store.dead.drop(selection),
  close: () => {
    clearInterval(housekeeping);
    db.close();
    lock.release();
  },
};

function tidyQuietly(): void {
  if (!db.isOpen) return;
  try {
    tidy();
  } catch {
    // As in housekeep: what matters fails again where somebody waits for it.
  }
}

port.on('message', (call: ThreadCall) => {
  port.postMessage(answer(handlers, call));
  // Only after its answer: with the port closed the thread ends.
  if (call.name === 'close') port.close();
});
// The reserve is written after the first calls were answered: a start must not wait for 64 MiB.
setTimeout(housekeep, 1000).unref();
