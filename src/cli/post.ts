import { type HttpAnswer, type HttpClient, resultOfError, resultOfStatus } from '../output/http.ts';
import { retryAfterMs } from '../output/http-result.ts';
import type { Document } from './documents.ts';
import { CliError } from './exit.ts';

/** What a hub said of the alerts it was sent. */
export interface Tally {
  accepted: number;
  /** It had them already. */
  duplicate: number;
  rejected: number;
}

export function tallyText({ accepted, duplicate, rejected }: Tally): string {
  const known = duplicate === 0 ? '' : `, ${duplicate} known to the hub already`;
  return `${accepted} accepted${known}, ${rejected} rejected`;
}

export interface Rejection {
  readonly place: string;
  readonly code: string;
  readonly message: string;
}

export interface PostOptions {
  readonly http: HttpClient;
  /** Where to post; without a path, the hub's own. */
  readonly url: string;
  readonly token: string | undefined;
  readonly tally: Tally;
  readonly onRejection: (rejection: Rejection) => void;
  /** Resolves when the time is over. */
  readonly wait: (waitMs: number, why: string) => Promise<void>;
  /**
   * Present: never gives up until it is aborted, but waits for a hub that is away, or refuses, until
   * it says what became of all.
   */
  readonly until?: AbortSignal;
}

const API_PATH = '/api/v1/alerts';
const TIMEOUT_MS = 60_000;
const TRIES_MAX = 10;
const WAIT_MS_MIN = 100;
const WAIT_MS_MAX = 60_000;
const LATER_MS = 5000;
const TOO_LARGE = 413;
const COME_BACK: ReadonlySet<number> = new Set([429, 503]);

/** The hub's word for an alert that it would take later. */
const LATER = 'sender_share';

/**
 * Posts alerts and adds up what became of them. Waits as long as a hub that is full asks for,
 * within bounds, and sends a body that is too large in halves.
 *
 * @throws CliError when no more can be sent, naming the first alert that was not.
 */
export async function post(options: PostOptions, batch: readonly Document[]): Promise<void> {
  const waiting: (readonly Document[])[] = [batch];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    const answer = await postPatiently(options, part);
    if (answer.status === TOO_LARGE && part.length > 1) {
      const middle = Math.ceil(part.length / 2);
      waiting.push(part.slice(middle), part.slice(0, middle));
      continue;
    }
    const later = count(options, part, answer);
    if (later.length === 0) continue;
    await options.wait(LATER_MS, 'the hub is nearly full, and wants these alerts later');
    waiting.push(later);
  }
}

async function postPatiently(options: PostOptions, part: readonly Document[]): Promise<HttpAnswer> {
  for (let tries = 1; ; tries += 1) {
    const { answer, why } = await postOnce(options, part);
    if (answer !== undefined && isFinal(options, part, answer)) return answer;
    if (options.until === undefined) {
      if (answer === undefined) throw stopped(part, why);
      if (tries === TRIES_MAX) throw stopped(part, `the hub takes nothing: ${why}`);
    }
    await options.wait(waitMsOf(answer, tries, options.until !== undefined), why);
  }
}

/** Whether there is nothing to be gained by sending the same once more. */
function isFinal(options: PostOptions, part: readonly Document[], answer: HttpAnswer): boolean {
  if (options.until === undefined) return !COME_BACK.has(answer.status);
  return answer.status === TOO_LARGE || tallyIn(options, part, answer) !== undefined;
}

/** Those who wait for one hub do not all come back at once, unless it says when. */
function waitMsOf(answer: HttpAnswer | undefined, tries: number, isPersistent: boolean): number {
  const askedMs = answer === undefined ? undefined : retryAfterMs(answer.headers['retry-after']);
  const grownMs = Math.min(WAIT_MS_MAX, 1000 * 2 ** Math.min(tries - 1, 10));
  const waitMs = askedMs ?? (isPersistent ? grownMs * (0.5 + Math.random() / 2) : grownMs);
  return Math.min(Math.max(waitMs, WAIT_MS_MIN), WAIT_MS_MAX);
}

interface Tried {
  /** Absent: there was none. */
  readonly answer?: HttpAnswer;
  /** What is not right with it. */
  readonly why: string;
}

async function postOnce(
  { http, url, token, until }: PostOptions,
  part: readonly Document[],
): Promise<Tried> {
  try {
    const answer = await http.request({
      method: 'POST',
      url: targetOf(url),
      headers: {
        'content-type': 'application/x-ndjson',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: Buffer.concat(part.flatMap(({ json }) => [json, LINE_FEED])),
      signal: timeLimit(until),
    });
    return { answer, why: notTaken(answer) };
  } catch (error) {
    const result = resultOfError(error);
    return { why: result.outcome === 'delivered' ? '' : result.detail };
  }
}

function timeLimit(until: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  return until === undefined ? timeout : AbortSignal.any([timeout, until]);
}

const LINE_FEED = Buffer.from('\n');

function targetOf(url: string): string {
  const target = new URL(url);
  if (target.pathname === '/') target.pathname = API_PATH;
  return target.href;
}

function detailOf(answer: HttpAnswer): string {
  const result = resultOfStatus(answer);
  return result.outcome === 'delivered' ? `HTTP ${answer.status}` : result.detail;
}

interface Answered {
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: readonly { index: number; code: string; message: string }[];
}

/** Adds up what became of a part. Returns what is to be sent again. */
function count(
  options: PostOptions,
  part: readonly Document[],
  answer: HttpAnswer,
): readonly Document[] {
  const answered = tallyIn(options, part, answer) ?? tooLarge(options, answer);
  if (answered === undefined) throw stopped(part, notTaken(answer));
  options.tally.accepted += answered.accepted;
  options.tally.duplicate += answered.duplicate;
  const later: Document[] = [];
  for (const { index, code, message } of answered.rejected) {
    const document = part[index];
    if (options.until !== undefined && code === LATER && document !== undefined) {
      later.push(document);
      continue;
    }
    options.tally.rejected += 1;
    options.onRejection({ place: document?.place ?? '', code, message });
  }
  return later;
}

function tallyIn(
  { url }: PostOptions,
  part: readonly Document[],
  answer: HttpAnswer,
): Answered | undefined {
  return readTally(answer, part.length, targetOf(url).endsWith(API_PATH));
}

/** A single alert that is too large will always be. */
function tooLarge(options: PostOptions, answer: HttpAnswer): Answered | undefined {
  if (options.until === undefined || answer.status !== TOO_LARGE) return undefined;
  const message = detailOf(answer);
  return { accepted: 0, duplicate: 0, rejected: [{ index: 0, code: 'body_too_large', message }] };
}

function notTaken(answer: HttpAnswer): string {
  if (answer.status >= 200 && answer.status < 300) return 'what answers is no hub';
  return detailOf(answer);
}

/** Only `/api/v1/alerts` says something when all went well; elsewhere no body is good news. */
function readTally(
  { status, text, truncated }: HttpAnswer,
  sent: number,
  alwaysTells: boolean,
): Answered | undefined {
  if (truncated || (status !== 200 && status !== 422)) return undefined;
  if (status === 200 && text === '' && !alwaysTells) {
    return { accepted: sent, duplicate: 0, rejected: [] };
  }
  try {
    const { accepted, duplicate, rejected } = JSON.parse(text) as Answered;
    const isWhole = accepted + duplicate + rejected.length === sent;
    return isWhole ? { accepted, duplicate, rejected } : undefined;
  } catch {
    return undefined;
  }
}

function stopped([first]: readonly Document[], why: string): CliError {
  return new CliError(`stopped at ${first?.place}: ${why}`);
}
