import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { type Document, documentsOf } from '../documents.ts';
import { CliError, EXIT } from '../exit.ts';
import { readChunks } from '../input.ts';
import { post, type PostOptions, type Rejection, type Tally, tallyText } from '../post.ts';
import { createProgress, type Progress } from '../progress.ts';
import { openTarget, type Target, type TargetOptions } from '../target.ts';
import { lengthText, parseCount } from '../time.ts';

interface Options extends TargetOptions {
  readonly batch?: string;
}

/** More could be refused than an answer has room to tell. */
const BATCH_MAX = 100;
const BATCH_BYTES_MAX = 1024 * 1024;
const SHOWN_REJECTIONS_MAX = 20;

/** Posts a file of alerts to a hub, batch by batch. */
export async function send(
  context: Context,
  [file]: readonly string[],
  options: Options,
): Promise<number> {
  const alertsMax = parseCount(options.batch ?? String(BATCH_MAX), '--batch', BATCH_MAX);
  const target = await openTarget(context, options);
  const progress = createProgress(context.deps.stderr);
  const sending = startSending(context, progress, target);
  let failure: CliError | undefined;
  try {
    const documents = documentsOf(readChunks(context, file));
    for await (const batch of batchesOf(documents, alertsMax)) {
      await post(sending, batch);
      progress.tell(() => tallyText(sending.tally));
    }
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    failure = error;
  } finally {
    progress.end();
    await target.http.close();
  }
  return report(context, sending, failure);
}

interface Sending extends PostOptions {
  /** The first of those that were refused. */
  readonly rejections: Rejection[];
}

function startSending({ screen }: Context, progress: Progress, target: Target): Sending {
  const tally: Tally = { accepted: 0, duplicate: 0, rejected: 0 };
  const rejections: Rejection[] = [];
  return {
    ...target,
    tally,
    rejections,
    onRejection(rejection) {
      if (rejections.length === SHOWN_REJECTIONS_MAX) return;
      rejections.push(rejection);
      progress.end();
      screen.note(`${rejection.place}: ${rejection.code}: ${rejection.message}`);
    },
    wait(waitMs, why) {
      progress.end();
      screen.note(`waiting ${lengthText(waitMs)}: ${why}`);
      return sleep(waitMs);
    },
  };
}

function report(
  { screen, json }: Context,
  { tally, rejections }: Sending,
  failure: CliError | undefined,
): number {
  const isDone = failure === undefined && tally.rejected === 0;
  if (json) {
    screen.json({ ok: isDone, ...tally, rejections, stopped: failure?.message });
  } else {
    const hidden = tally.rejected - rejections.length;
    if (hidden > 0) screen.note(`and ${hidden} more were rejected`);
    screen.line({ text: tallyText(tally), style: isDone ? 'green' : undefined });
    if (failure !== undefined) screen.note(failure.message);
  }
  return isDone ? EXIT.ok : EXIT.failed;
}

async function* batchesOf(
  documents: AsyncIterable<Document>,
  alertsMax: number,
): AsyncGenerator<readonly Document[]> {
  let batch: Document[] = [];
  let size = 0;
  for await (const document of documents) {
    const isFull = batch.length === alertsMax || size + document.json.length > BATCH_BYTES_MAX;
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(document);
    size += document.json.length;
  }
  if (batch.length > 0) yield batch;
}
