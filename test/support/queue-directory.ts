import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { openSqliteQueue, type SqliteQueueOptions } from '../../src/queue/sqlite/open.ts';
import { PAGE_BYTES } from '../../src/queue/sqlite/schema.ts';
import type { Settlement } from '../../src/queue/queue.ts';

/** The queue as the hub has it, with its threads, in a directory of its own. */

const endings = new WeakMap<TestContext, (() => unknown)[]>();

/** What was begun last ends first: a queue is closed before its directory goes. */
export function atEnd(t: TestContext, end: () => unknown): void {
  const known = endings.get(t);
  if (known !== undefined) {
    known.push(end);
    return;
  }
  const mine = [end];
  endings.set(t, mine);
  t.after(async () => {
    for (const one of mine.toReversed()) await one();
  });
}

export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-queue-'));
  atEnd(t, () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const QUEUE_OPTIONS: Omit<SqliteQueueOptions, 'directory'> = {
  bytesMax: 1024 ** 3,
  historyMax: 1024 ** 3,
  whenFull: 'shed',
  orphanMaxMs: 3_600_000,
  onFatal(error) {
    throw error;
  },
};

/** Opens a queue that is closed when the test ends, if it has not closed it itself. */
export async function openQueue(
  t: TestContext,
  own: Partial<SqliteQueueOptions> & { directory: string },
) {
  const queue = await openSqliteQueue({ ...QUEUE_OPTIONS, ...own });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= queue.close();
    return closing;
  };
  atEnd(t, close);
  return { ...queue, close };
}

/** The threads that are started from now on, the first of them first. */
export function noteWorkers(t: TestContext): Worker[] {
  const workers: Worker[] = [];
  const note = (worker: Worker): void => void workers.push(worker);
  process.on('worker', note);
  atEnd(t, () => process.off('worker', note));
  return workers;
}

/** A settlement of which only this is told. */
export function settlementOf(lane: number, progress: Partial<Settlement> = {}): Settlement {
  const none = { cursors: [], exceptions: [], retries: [], gaps: [], regained: [], appends: [] };
  return { lane, ...none, ...progress };
}

/** Numbers of the pages that hold a table's rows, or an index's entries, in their order. */
export function leafPages(db: DatabaseSync, name: string): number[] {
  return db
    .prepare('SELECT pageno FROM dbstat WHERE name = ? AND pagetype = ? ORDER BY path')
    .all(name, 'leaf')
    .map(({ pageno }) => Number(pageno));
}

/** Overwrites pages of a file that nobody has open. */
export function damagePages(path: string, pages: readonly number[]): void {
  const bytes = readFileSync(path);
  for (const page of pages) bytes.fill(0xff, (page - 1) * PAGE_BYTES, page * PAGE_BYTES);
  writeFileSync(path, bytes);
}

/** Each keeps its first half, as when a write is cut off; the rest is zeros. */
export function tearPages(path: string, pages: readonly number[]): void {
  const bytes = readFileSync(path);
  for (const page of pages) {
    bytes.fill(0, page * PAGE_BYTES - PAGE_BYTES / 2, page * PAGE_BYTES);
  }
  writeFileSync(path, bytes);
}

/** The file ends after this part of its pages. */
export function truncateFile(path: string, part: number): void {
  const pages = statSync(path).size / PAGE_BYTES;
  truncateSync(path, Math.floor(pages * part) * PAGE_BYTES);
}
