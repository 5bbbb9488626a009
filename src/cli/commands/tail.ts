import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseBytes } from '../../../config/check/units.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT, usageError } from '../exit.ts';
import { readChunks } from '../input.ts';
import { post, type PostOptions, type Rejection, tallyText } from '../post.ts';
import { Backlog } from '../tail/backlog.ts';
import { Intake } from '../tail/intake.ts';
import { openTarget, type Target, type TargetOptions } from '../target.ts';
import { lengthText, parseLength } from '../time.ts';

interface Options extends TargetOptions {
  readonly buffer?: string;
  readonly grace?: string;
}

const BUFFER_BYTES = 8 * 1024 * 1024;
const GRACE_MS = 5000;
const BATCH_MAX = 100;
const BATCH_BYTES_MAX = 1024 * 1024;
const SHOWN_REJECTIONS_MAX = 20;
/** A hub that is away for hours is worth a line now and then. */
const TELL_EVERY_MS = 60_000;

/** Posts the lines of stdin as they come, until it ends and the hub has all of them. */
export async function tail(
  context: Context,
  _: readonly string[],
  options: Options,
): Promise<number> {
  const backlog = new Backlog(parseSize(options.buffer));
  const graceMs = options.grace === undefined ? GRACE_MS : parseLength(options.grace, '--grace');
  const target = await openTarget(context, options);
  const stop = stopOnSignal(context, graceMs);
  const tailing = startTailing(context, target, stop.atOnce);
  const reading = read(context, backlog, tailing, stop.reading).finally(() => backlog.end());
  // Whoever reads first hears of it below.
  reading.catch(() => undefined);
  let failure: CliError | undefined;
  try {
    await sendAll(backlog, tailing);
    await reading;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    failure = error;
    backlog.end();
  } finally {
    stop.forget();
    await target.http.close();
  }
  return report(context, tailing, failure, backlog.size);
}

interface Tailing extends PostOptions {
  /** The first of those that were refused. */
  readonly rejections: Rejection[];
  /** Lines that are no alerts, and were not sent. */
  ignored: number;
  /** Alerts of the batch that is under way. */
  sending: number;
}

function startTailing(context: Context, target: Target, atOnce: AbortSignal): Tailing {
  const { screen } = context;
  const rejections: Rejection[] = [];
  const tally = { accepted: 0, duplicate: 0, rejected: 0 };
  let told = { why: '', atMs: Number.NEGATIVE_INFINITY };
  return {
    ...target,
    tally,
    rejections,
    ignored: 0,
    sending: 0,
    until: atOnce,
    onRejection(rejection) {
      if (rejections.length === SHOWN_REJECTIONS_MAX) return;
      rejections.push(rejection);
      screen.note(`${rejection.place}: ${rejection.code}: ${rejection.message}`);
    },
    async wait(waitMs, why) {
      const nowMs = performance.now();
      if (why !== told.why || nowMs - told.atMs > TELL_EVERY_MS) {
        screen.note(`waiting ${lengthText(waitMs)}, and again until it works: ${why}`);
        told = { why, atMs: nowMs };
      }
      try {
        await sleep(waitMs, undefined, { signal: atOnce });
      } catch {
        throw new CliError(`ended by a signal: ${why}`);
      }
    },
  };
}

async function read(
  context: Context,
  backlog: Backlog,
  tailing: Tailing,
  until: AbortSignal,
): Promise<void> {
  const intake = new Intake({
    hostname: context.deps.env['FALCO_HOSTNAME'] || hostname(),
    nowMs: Date.now,
    onRejection(rejection) {
      tailing.tally.rejected += 1;
      tailing.onRejection(rejection);
    },
    onIgnored: () => void (tailing.ignored += 1),
  });
  try {
    for await (const chunk of readChunks(context, undefined)) {
      await backlog.add(intake.add(chunk));
      if (until.aborted) break;
    }
  } catch (error) {
    // A signal closes stdin under it.
    if (!until.aborted) throw error;
  }
  await backlog.add(intake.end());
}

async function sendAll(backlog: Backlog, tailing: Tailing): Promise<void> {
  for (;;) {
    const batch = await backlog.take(BATCH_MAX, BATCH_BYTES_MAX);
    if (batch.length === 0) return;
    tailing.sending = batch.length;
    await post(tailing, batch);
    tailing.sending = 0;
  }
}

/** The first signal ends reading, and some time later sending; the second one ends the process. */
function stopOnSignal({ deps }: Context, graceMs: number) {
  const reading = new AbortController();
  const sending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    forget();
    reading.abort();
    deps.stdin.destroy();
    timer = setTimeout(() => sending.abort(), graceMs);
  };
  const forget = (): void => {
    clearTimeout(timer);
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return { reading: reading.signal, atOnce: sending.signal, forget };
}

function report(
  { screen, json }: Context,
  { tally, rejections, ignored, sending }: Tailing,
  failure: CliError | undefined,
  waiting: number,
): number {
  const unsent = waiting + sending;
  const isDone = failure === undefined && tally.rejected === 0 && unsent === 0;
  if (json) {
    screen.json({ ok: isDone, ...tally, ignored, unsent, rejections, stopped: failure?.message });
    return isDone ? EXIT.ok : EXIT.failed;
  }
  const text = `${tallyText(tally)}, ${ignored} lines were no alerts`;
  screen.line({ text, style: isDone ? 'green' : undefined });
  if (failure !== undefined) screen.note(failure.message);
  if (unsent > 0) screen.note(`${unsent} alerts were not sent, or the hub did not say so`);
  return isDone ? EXIT.ok : EXIT.failed;
}

function parseSize(text: string | undefined): number {
  if (text === undefined) return BUFFER_BYTES;
  const bytes = parseBytes(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw usageError(`--buffer: "${text}" is no size: write 512KiB or 8MiB`);
}
