import type { HttpAnswer, HttpClient } from '../output/http.ts';
import { resultOfError, resultOfStatus } from '../output/http.ts';
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
}

const API_PATH = '/api/v1/alerts';
const TIMEOUT_MS = 60_000;
const TRIES_MAX = 10;
const WAIT_MS_MIN = 100;
const WAIT_MS_MAX = 60_000;
const TOO_LARGE = 413;
const COME_BACK: ReadonlySet<number> = new Set([429, 503]);

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
    } else count(options, part, answer);
  }
}

async function postPatiently(options: PostOptions, part: readonly Document[]): Promise<HttpAnswer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await postOnce(options, part);
    if (!COME_BACK.has(answer.status)) return answer;
    const why = detailOf(answer);
    if (tries === TRIES_MAX) throw stopped(part, `the hub takes nothing: ${why}`);
    const askedMs = retryAfterMs(answer.headers['retry-after']) ?? 1000 * 2 ** (tries - 1);
    const waitMs = Math.min(Math.max(askedMs, WAIT_MS_MIN), WAIT_MS_MAX);
    await options.wait(waitMs, why);
  }
}

async function postOnce(
  { http, url, token }: PostOptions,
  part: readonly Document[],
): Promise<HttpAnswer> {
  try {
    return await http.request({
      method: 'POST',
      url: targetOf(url),
      headers: {
        'content-type': 'application/x-ndjson',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: Buffer.concat(part.flatMap(({ json }) => [json, LINE_FEED])),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    const result = resultOfError(error);
    throw stopped(part, result.outcome === 'delivered' ? '' : result.detail);
  }
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

function count(options: PostOptions, part: readonly Document[], answer: HttpAnswer): void {
  const answered = readTally(answer, part.length, targetOf(options.url).endsWith(API_PATH));
  if (answered === undefined) throw stopped(part, notTaken(answer));
  options.tally.accepted += answered.accepted;
  options.tally.duplicate += answered.duplicate;
  options.tally.rejected += answered.rejected.length;
  for (const { index, code, message } of answered.rejected) {
    options.onRejection({ place: part[index]?.place ?? '', code, message });
  }
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
