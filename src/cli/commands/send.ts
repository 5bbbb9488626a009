import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpClient } from '../../output/http.ts';
import { createHttpClient } from '../../output/http.ts';
import type { Context } from '../context.ts';
import type { Document } from '../documents.ts';
import { documentsOf } from '../documents.ts';
import { CliError, EXIT, usageError } from '../exit.ts';
import { concatenate, readChunks } from '../input.ts';
import type { PostOptions, Rejection, Tally } from '../post.ts';
import { post } from '../post.ts';
import type { Progress } from '../progress.ts';
import { createProgress } from '../progress.ts';
import { lengthText, parseCount } from '../time.ts';

interface Options {
  readonly url?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly batch?: string;
}

const URL_DEFAULT = 'http://127.0.0.1:2801';
/** More could be refused than an answer has room to tell. */
const BATCH_MAX = 100;
const BATCH_BYTES_MAX = 1024 * 1024;
const SHOWN_REJECTIONS_MAX = 20;
const TOKEN_BYTES_MAX = 4096;

/** Posts a file of alerts to a hub, batch by batch. */
export async function send(
  context: Context,
  [file]: readonly string[],
  options: Options,
): Promise<number> {
  const alertsMax = parseCount(options.batch ?? String(BATCH_MAX), '--batch', BATCH_MAX);
  const url = parseUrl(options.url ?? URL_DEFAULT);
  const token = await readToken(context, options);
  const http = createClient(context, options.caFile);
  const progress = createProgress(context.deps.stderr);
  const sending = startSending(context, progress, { http, url, token });
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
    await http.close();
  }
  return report(context, sending, failure);
}

interface Sending extends PostOptions {
  /** The first of those that were refused. */
  readonly rejections: Rejection[];
}

function startSending(
  { screen }: Context,
  progress: Progress,
  target: Pick<PostOptions, 'http' | 'url' | 'token'>,
): Sending {
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

function tallyText({ accepted, duplicate, rejected }: Tally): string {
  const known = duplicate === 0 ? '' : `, ${duplicate} known to the hub already`;
  return `${accepted} accepted${known}, ${rejected} rejected`;
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

function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href;
  throw usageError('--url: write the URL of a hub, like http://127.0.0.1:2801');
}

/** From a file, because what stands on a command line can be read by others. */
async function readToken(
  context: Context,
  { token, tokenFile }: Options,
): Promise<string | undefined> {
  if (tokenFile === undefined) return token;
  if (token !== undefined) throw usageError('give --token or --token-file, not both');
  const bytes = await concatenate(readChunks(context, tokenFile), TOKEN_BYTES_MAX);
  return bytes.toString().replace(/\r?\n$/, '');
}

/** @throws CliError where the environment names a proxy that is none. */
function createClient({ deps }: Context, caFile: string | undefined): HttpClient {
  try {
    return createHttpClient({
      caFiles: caFile === undefined ? [] : [caFile],
      verify: true,
      allowDestinations: [],
      refuseListeners: () => [],
      connections: 1,
      environment: deps.env,
      userAgent: `Tocsin/${deps.version}`,
    });
  } catch (error) {
    throw new CliError((error as Error).message);
  }
}
