import type { AlertFilter, AlertRecord, DeadLetter, RecentAlert } from '../history.ts';
import type {
  ExceptionRow,
  ExceptionState,
  LaneLedger,
  LaneStart,
  NewAlert,
  Position,
  Queue,
  ReadResult,
  StaleSurvey,
  StoredAlert,
} from '../queue.ts';
import type { CheckReport } from './check.ts';
import type { DeadSelection } from './dead-letters.ts';
import type { DiskFault } from './disk.ts';
import type { LaneRequest } from './lanes.ts';
import { Mailbox } from './mailbox.ts';
import { prepareDirectory } from './prepare.ts';
import { READ_BYTES_MAX } from './read.ts';
import type { RetentionLimits } from './retention.ts';
import type { CursorMove } from './state.ts';
import { Reading } from './reading.ts';
import { Tail } from './tail.ts';
import { closeThread, startThread, type Thread } from './thread.ts';

export interface SqliteQueueOptions extends RetentionLimits {
  readonly directory: string;
  /** Memory for the newest alerts, in bytes. */
  readonly tailBytesMax?: number;
  /** Lanes that have something new. */
  onStored?(lanes: ReadonlySet<number>): void;
  /** Cursors that the queue moved by itself, to make room or since an output was removed: gaps. */
  onMoves?(moves: readonly CursorMove[]): void;
  /** The disk stopped or started working. */
  onDisk?(fault: DiskFault | undefined, message: string): void;
  /** Dead letters that had to go. */
  onDeadDropped?(count: number): void;
  /** A thread died: nothing can be promised any more. */
  onFatal(error: Error): void;
}

/** The queue in SQLite, and what only this implementation can answer. */
export interface SqliteQueue extends Queue {
  /** After the last commit. */
  usedBytes(): number;
  /** The same, measured now: history may have gone since. */
  measureUsedBytes(): Promise<number>;
  /** What opening found and did: a file set aside, alerts salvaged. */
  readonly notes: readonly string[];
  find(uuid: string): Promise<AlertRecord[]>;
  alerts(filter: AlertFilter): Promise<AlertRecord[]>;
  /** Alerts numbered beyond `after` up to `to`, in no order; with keys those since `sinceMs`. */
  recent(after: number, to: number, sinceMs: number): Promise<RecentAlert[]>;
  deadLetters(limit: number, id?: number): Promise<DeadLetter[]>;
  replayDead(selection: DeadSelection, to?: number): Promise<{ id: number; lane: number }[]>;
  /** Sends what a summary stood for one by one after all; returns how many of at most 1000. */
  replayStale(lane: number): Promise<number>;
  dropDead(selection: DeadSelection): Promise<number>;
  /** Gives up an orphan lane by name. */
  dropOrphan(name: string): Promise<string[]>;
  lanes(): Promise<{ id: number; name: string; type: string; state: string }[]>;
  check(): Promise<CheckReport>;
  /** Its threads give back memory that they do not need: for when nothing comes. */
  giveBack(): Promise<void>;
}

const TAIL_BYTES_MAX = 8 * 1024 * 1024;

/**
 * Opens or creates the queue in a directory, takes its lock and starts its threads. Rejects with
 * `LockedError` where another hub has it, with `ForeignFileError` where the file is not ours, and
 * with the system's error where the directory cannot be used.
 */
export async function openSqliteQueue(options: SqliteQueueOptions): Promise<SqliteQueue> {
  const { directory, bytesMax, historyMax, whenFull, orphanMaxMs } = options;
  const prepared = prepareDirectory(directory, bytesMax);
  const limits = { bytesMax: prepared.bytesMax, historyMax, whenFull, orphanMaxMs };
  let isOpen = false;
  // A thread that cannot even start is told by rejecting.
  const onDeath = (error: Error): void => {
    if (isOpen) options.onFatal(error);
  };
  const writer = startThread('writer', { directory, limits }, onDeath);
  const opened = await writer.call<{ nextN: number; usedBytes: number }>('open');
  const reader = new Reading({ directory, writer, onDeath });
  isOpen = true;
  return assemble(options, writer, reader, { ...opened, notes: prepared.notes });
}

function assemble(
  options: SqliteQueueOptions,
  writer: Thread,
  reader: Reading,
  opened: { nextN: number; usedBytes: number; notes: readonly string[] },
): SqliteQueue {
  let headN = opened.nextN - 1;
  let { usedBytes } = opened;
  const tail = new Tail(options.tailBytesMax ?? TAIL_BYTES_MAX, headN);
  const mailbox = new Mailbox(writer, {
    onStored: (alerts, firstN) => {
      headN = firstN + alerts.length - 1;
      reader.stored(alerts.length);
      const touched = fillTail(tail, alerts, firstN);
      if (touched.size > 0) options.onStored?.(touched);
    },
    onMoves: (moves) => {
      if (moves.length > 0) options.onMoves?.(moves);
    },
    onUsage: (bytes, deadDropped) => {
      usedBytes = bytes;
      if (deadDropped > 0) options.onDeadDropped?.(deadDropped);
    },
    onDisk: changes((fault, message) => options.onDisk?.(fault, message)),
  });

  return {
    ...questions(reader, () => headN),
    ...createCount(reader, opened.nextN > 1),
    ...orders(writer),
    giveBack: () => giveBackAll(reader, writer),
    notes: opened.notes,
    append: (alerts) => mailbox.append(alerts),
    settle: (settlement, mayWait) => mailbox.settle(settlement, mayWait),
    read(lane, shard, after, limit, asked = READ_BYTES_MAX) {
      const bytesMax = Math.min(asked, READ_BYTES_MAX);
      return (
        tail.read(lane, shard, after, limit, headN, bytesMax) ??
        readFile(tail, reader, [lane, shard, after, limit, headN, bytesMax])
      );
    },
    // Numbers are given across the shards, so one head serves all.
    head: () => headN,
    usedBytes: () => usedBytes,
    async measureUsedBytes() {
      usedBytes = await writer.call<number>('usedBytes');
      return usedBytes;
    },
    close: () => closeAll(mailbox, reader, writer),
  };
}

function fillTail(tail: Tail, alerts: readonly NewAlert[], firstN: number): Set<number> {
  const touched = new Set<number>();
  alerts.forEach((alert, i) => {
    tail.push(alert, firstN + i);
    for (const lane of alert.lanes) touched.add(lane);
  });
  return touched;
}

/** A lane this close to the head will have caught up with one read. */
const NEAR_HEAD = 1000;

type ReadArguments = readonly [
  lane: number,
  shard: number,
  after: number,
  limit: number,
  headN: number,
  bytesMax: number,
];

async function readFile(tail: Tail, reader: Reading, args: ReadArguments): Promise<ReadResult> {
  const [lane, shard, after, , headN] = args;
  // Said before the read is done, or what comes meanwhile would have to be read from the file, too.
  if (headN - after <= NEAR_HEAD) tail.noteRead(lane, shard, headN);
  const result = await reader.call<ReadResult>('read', ...args);
  tail.noteRead(lane, shard, result.scannedTo);
  return result;
}

/** Passes on only what differs from the last time. */
function changes(tell: (fault: DiskFault | undefined, message: string) => void) {
  let last: DiskFault | undefined;
  return (fault: DiskFault | undefined, message: string): void => {
    if (fault !== last) tell(fault, message);
    last = fault;
  };
}

async function closeAll(mailbox: Mailbox, reader: Reading, writer: Thread): Promise<void> {
  await mailbox.close();
  await reader.close();
  await closeThread(writer);
}

async function giveBackAll(reader: Reading, writer: Thread): Promise<void> {
  await Promise.all([reader.giveBack(), writer.call('giveBack')]);
}

/** Alerts that wait, of which the writer may be asked to count each. */
const WAITING_FEW = 4096;

/** `isUsed`: something may wait from an earlier run. */
function createCount(reader: Reading, isUsed: boolean) {
  let waiting = isUsed ? Number.POSITIVE_INFINITY : 0;
  return {
    async ledger() {
      // What the reader has counted it need not count again: while much waits it goes on running.
      let ledger = waiting > WAITING_FEW ? undefined : await reader.quick<Counted>('ledger');
      // A step at a time: lanes read between them.
      while (ledger === undefined) ledger = await reader.call<Counted>('ledger');
      waiting = ledger.reduce((sum, lane) => sum + lane.waiting, 0);
      return ledger;
    },
  };
}

/** Undefined: there is more to count. */
type Counted = readonly LaneLedger[] | undefined;

function questions(reader: Reading, headN: () => number) {
  return {
    exceptions: (lane: number, state: ExceptionState, limit: number) =>
      reader.quick<readonly ExceptionRow[]>('exceptions', lane, state, limit),
    exceptionAlert: (id: number) => reader.quick<StoredAlert | undefined>('exceptionAlert', id),
    surveyStale: (
      lane: number,
      after: readonly Position[],
      beforeMs: number,
      except: readonly Position[],
    ) => reader.call<StaleSurvey>('surveyStale', lane, after, beforeMs, except, headN()),
    find: (uuid: string) => reader.call<AlertRecord[]>('find', uuid),
    alerts: (filter: AlertFilter) => reader.call<AlertRecord[]>('alerts', filter),
    recent: (after: number, to: number, sinceMs: number) =>
      reader.call<RecentAlert[]>('recent', after, to, sinceMs),
    deadLetters: (limit: number, id?: number) =>
      reader.call<DeadLetter[]>('deadLetters', limit, id),
    lanes: () => reader.call<{ id: number; name: string; type: string; state: string }[]>('lanes'),
    check: () => reader.call<CheckReport>('check'),
  };
}

function orders(writer: Thread) {
  return {
    syncLanes: (outputs: readonly LaneRequest[]) =>
      writer.call<LaneStart[]>('syncLanes', outputs, Date.now()),
    replayDead: (selection: DeadSelection, to?: number) =>
      writer.call<{ id: number; lane: number }[]>('replayDead', selection, to),
    replayStale: (lane: number) => writer.call<number>('replayStale', lane, Date.now()),
    dropDead: (selection: DeadSelection) => writer.call<number>('dropDead', selection),
    dropOrphan: (name: string) => writer.call<string[]>('dropOrphans', Date.now(), name),
  };
}
