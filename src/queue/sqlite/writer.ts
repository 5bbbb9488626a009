import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { DeadSelection } from './dead-letters.ts';
import { createReserve, diskFault } from './disk.ts';
import type { LaneRequest } from './lanes.ts';
import { createLedgerStep } from './ledger.ts';
import { takeLock } from './lock.ts';
import { createExceptionReads } from './read.ts';
import { logBytesMax, type RetentionLimits } from './retention.ts';
import { openForWriting } from './schema.ts';
import type { CursorMove } from './state.ts';
import { type CommitReply, type CommitRequest, Store } from './store.ts';
import { steadyNowMs } from './steady-now.ts';
import { serveCalls } from './thread.ts';

/**
 * The writing thread: it owns the only connection that writes, and the lock. Everything that
 * changes the file comes through its mailbox, one call at a time.
 */

export interface WriterData {
  readonly directory: string;
  readonly limits: RetentionLimits;
}

/** How long after a commit the log and the history are looked at. */
const TIDY_MS = 50;
const HOUSEKEEPING_MS = 60_000;

const port = parentPort;
if (port === null) throw new Error('writer.ts runs as a worker thread.');
const { directory, limits } = workerData as WriterData;
const path = join(directory, 'queue.db');
const logMax = logBytesMax(limits.bytesMax);
/** Where no reader folds the log beside this thread, it does so often, and little at a time. */
const LONE_LOG_BYTES_MAX = 4 * 1024 * 1024;
let readerRuns = false;

const lock = takeLock(join(directory, 'lock.db'));
const db = openForWriting(path);
const store = new Store(db, path, limits);
// With NOOP it only tells how many pages the log holds.
const logFrames = db.prepare('PRAGMA wal_checkpoint(NOOP)');
const { page_size: pageSize } = db.prepare('PRAGMA page_size').get() as { page_size: number };
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
  const moves: CursorMove[] = [];
  const freed = store.makeRoom(nowMs, moves);
  store.tellLater(moves);
  if (!released && !freed) throw failure;
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  return store.commit(request, nowMs);
}

/** One step of what keeps the file small. Says whether there may be more to do. */
function tidy(): boolean {
  const { log } = logFrames.get() as { log: number };
  // It reaches the end, since nobody else writes, and so the log starts again at its beginning. Its
  // room it keeps: a log that grows is far slower to sync. Unlike TRUNCATE it waits for no reader.
  const most = readerRuns ? logMax : Math.min(logMax, LONE_LOG_BYTES_MAX);
  if (log * pageSize > most) db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  return store.keepHistory();
}

/** A step at a time, so that calls that wait go first. */
function tidyOn(): void {
  const more = quietly(tidy);
  tidying = more === true ? setTimeout(tidyOn, 0) : undefined;
}

function housekeep(): void {
  quietly(() => {
    reserve.ensure();
    store.dropOrphans(steadyNowMs());
  });
}

/** A full disk: the next commit finds out, and says so to those who wait for it. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

let tidying: NodeJS.Timeout | undefined = setTimeout(tidyOn, TIDY_MS);
const housekeeping = setInterval(housekeep, HOUSEKEEPING_MS);

const handlers = {
  open: () => ({ nextN: store.nextN, usedBytes: store.usedBytes() }),
  usedBytes: () => store.usedBytes(),
  commit: (request: CommitRequest, nowMs: number) => {
    tidying ??= setTimeout(tidyOn, TIDY_MS);
    return commit(request, nowMs);
  },
  syncLanes: (outputs: readonly LaneRequest[], nowMs: number) => store.syncLanes(outputs, nowMs),
  dropOrphans: (nowMs: number, name?: string) => store.dropOrphans(nowMs, name),
  replayDead: (selection: DeadSelection, to?: number) => store.dead.replay(selection, to),
  replayStale: (lane: number, nowMs: number) => store.dead.replayStale(lane, nowMs),
  dropDead: (selection: DeadSelection) => store.dead.drop(selection),
  readerRuns: (runs: boolean) => {
    readerRuns = runs;
  },
  // Of the reader's calls those that take a moment only, while it does not run.
  ...createExceptionReads(db),
  ledger: createLedgerStep(db),
  close: () => {
    clearTimeout(tidying);
    clearInterval(housekeeping);
    db.close();
    lock.release();
  },
};

serveCalls(port, handlers);
// The reserve is written after the first calls were answered: a start must not wait for 64 MiB.
setTimeout(housekeep, 1000).unref();
