import type { SingleResult } from './define.ts';
import { createFetch } from './fetch.ts';
import { decodeBody } from './http-body.ts';
import { excerptOf, rememberSent } from './http-excerpt.ts';
import type { AnswerLimits } from './http-exchange.ts';
import { resultOfError, resultOfStatus } from './http-result.ts';
import { createSender, type Exchanged } from './http-send.ts';
import { createOutlet, type OutletOptions } from './outlet.ts';

export { isDestinationFault, resultOfError, resultOfStatus } from './http-result.ts';

/** The one way out over HTTP. */

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The attempt's deadline. */
  readonly signal: AbortSignal;
  /** How much of the answer is kept. Default: 64 KiB, which is plenty where it is only a verdict. */
  readonly answerBytesMax?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names; a header sent twice is joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of it, decompressed, UTF-8. */
  readonly text: string;
  /** Whether the body was longer. */
  readonly truncated: boolean;
}

export interface HttpClient {
  /** Sends one request and reads the answer. Rejects with what `resultOfError` understands. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Sends `body` (already JSON, or a value to stringify) and turns the answer into a result. */
  postJson(
    url: string,
    body: unknown,
    options: {
      readonly signal: AbortSignal;
      readonly headers?: Readonly<Record<string, string>>;
      readonly method?: 'POST' | 'PUT';
      /** Looks at a 2xx answer: a destination that must say more than 200 says it here. */
      readonly accept?: (answer: HttpAnswer) => SingleResult;
    },
  ): Promise<SingleResult>;
  /** The same way out as a `fetch`, for a vendor's client that takes one. */
  readonly fetch: typeof globalThis.fetch;
  /** Closes idle connections. */
  close(): Promise<void>;
}

export interface HttpClientOptions extends OutletOptions {
  /** `Tocsin/<version>`. */
  readonly userAgent: string;
}

/**
 * Makes the client of one output. It opens, reads and loads nothing before the first request; what
 * is wrong with the options themselves (a proxy that is no URL, a CIDR that is none) throws here.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const outlet = createOutlet(options);
  const send = createSender(outlet, options.userAgent);

  async function request(request: HttpRequest): Promise<HttpAnswer> {
    const { answerBytesMax: keptBytesMax = TEXT_LIMITS.keptBytesMax } = request;
    const limits = { keptBytesMax, readBytesMax: Math.max(keptBytesMax, TEXT_LIMITS.readBytesMax) };
    const exchanged = await send(request, limits);
    const { status, headers, body, truncated } = await decoded(exchanged, limits);
    // In stream mode the decoder keeps back the beginning of a character that was cut.
    const text = new TextDecoder().decode(body, { stream: true });
    const answer = { status, headers, text, truncated };
    rememberSent(answer, exchanged);
    return answer;
  }

  return {
    request,
    async postJson(url, body, { signal, headers = {}, method = 'POST', accept }) {
      try {
        const json = typeof body === 'string' ? body : JSON.stringify(body);
        const answer = await request({
          method,
          url,
          headers: isTyped(headers) ? headers : { ...headers, ...JSON_TYPE },
          body: json,
          signal,
        });
        const result = resultOfStatus(answer);
        return result.outcome === 'delivered' && accept ? judged(answer, accept) : result;
      } catch (error) {
        return resultOfError(error);
      }
    },
    fetch: createFetch(async (request) => decoded(await send(request, FETCH_LIMITS), FETCH_LIMITS)),
    close: () => outlet.close(),
  };
}

const TEXT_LIMITS: AnswerLimits = { keptBytesMax: 64 * 1024, readBytesMax: 256 * 1024 };
/** A vendor's client has to parse the whole answer. */
const FETCH_LIMITS: AnswerLimits = { keptBytesMax: 1024 * 1024, readBytesMax: 1024 * 1024 };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

function isTyped(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
}

async function decoded(
  { answer }: Exchanged,
  { keptBytesMax }: AnswerLimits,
): Promise<Exchanged['answer']> {
  const encoding = answer.headers['content-encoding'] ?? '';
  const { body, truncated } = await decodeBody(encoding, answer.body, keptBytesMax);
  return { ...answer, body, truncated: answer.truncated || truncated };
}

/** An answer that cannot even be read is somebody else's, a login page perhaps: not delivered. */
function judged(answer: HttpAnswer, accept: (answer: HttpAnswer) => SingleResult): SingleResult {
  try {
    return accept(answer);
  } catch (error) {
    const why = excerptOf(answer, String(error));
    const detail = `HTTP ${answer.status}, but the answer is not understood: ${why}`;
    return { outcome: 'retry', reason: 'server', detail };
  }
}
