import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { checkFile } from './check.ts';
import { createCarefulRead } from './damage.ts';
import { createLedgerStep, createSurvey } from './ledger.ts';
import { createQueries } from './queries.ts';
import { createReads } from './read.ts';
import { createRecent } from './recent.ts';
import { markForSalvage } from './salvage.ts';
import { openForReading } from './schema.ts';
import { serveCalls } from './thread.ts';

/**
 * The reading thread: lanes that are behind, questions of operators, and the passive checkpoints
 * that fold the log into the file beside the writer.
 */

const CHECKPOINT_MS = 200;

const port = parentPort;
if (port === null) throw new Error('reader.ts runs as a worker thread.');
const { directory } = workerData as { directory: string };
const path = join(directory, 'queue.db');
const db = openForReading(path);
const checkpointer = openForReading(path);
checkpointer.exec('PRAGMA query_only=OFF');

const checkpointing = setInterval(() => {
  try {
    checkpointer.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    // Only an offer to the writer, which checkpoints by itself when the log grows, and reports.
  }
}, CHECKPOINT_MS);

const handlers = {
  ...createReads(db),
  // Deleting would come upon the damage, too: the next start makes a new file.
  read: createCarefulRead(db, () => markForSalvage(directory)),
  ...createQueries(db),
  recent: createRecent(db),
  ledger: createLedgerStep(db),
  surveyStale: createSurvey(db),
  check: () => checkFile(db),
  close: () => {
    clearInterval(checkpointing);
    checkpointer.close();
    db.close();
  },
};

serveCalls(port, handlers);
