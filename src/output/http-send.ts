import { checkHeaders } from './check.ts';
import type { HttpRequest } from './http.ts';
import { httpErrorOf, rejectError, retryError } from './http-error.ts';
import type { AnswerLimits, RawAnswer } from './http-exchange.ts';
import { basicAuthorization, parseHttpUrl, portOf, whereOf } from './http-url.ts';
import type { Outlet } from './outlet.ts';

/** An answer, and what was sent for it. */
export interface Exchanged {
  readonly answer: RawAnswer;
  /** The first and the last URL of the way. */
  readonly urls: readonly URL[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a request, following redirects unless told not to. Rejects with `HttpError` only. */
export type Sender = (
  request: HttpRequest & { readonly redirect?: boolean },
  limits: AnswerLimits,
) => Promise<Exchanged>;

const REDIRECTS_MAX = 3;

/** Completes requests (headers, user info) and follows the few redirects that may be followed. */
export function createSender(outlet: Outlet, userAgent: string): Sender {
  const parse = createUrlParser();
  return async (request, limits) => {
    const first = parse(request.url);
    if (first === undefined) {
      throw retryError('url_invalid', 'client', 'the URL is not one of http:// or https://');
    }
    const headers = headersOf(request, first, userAgent);
    const sent = { method: request.method ?? 'GET', headers, body: request.body };
    try {
      let url = first;
      for (let left = request.redirect === false ? 0 : REDIRECTS_MAX; ; left -= 1) {
        const answer = await outlet.send(url, sent, request.signal, limits);
        const next = left > 0 ? redirectOf(url, answer) : undefined;
        if (next === undefined) return { answer, urls: [first, url], headers };
        url = next;
      }
    } catch (error) {
      throw httpErrorOf(error, whereOf(first));
    }
  };
}

/** Most outputs send all they have to one URL. */
function createUrlParser(): typeof parseHttpUrl {
  let last: { readonly text: string; readonly url: URL | undefined } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, url: parseHttpUrl(text) };
    return last.url;
  };
}

function headersOf(request: HttpRequest, url: URL, userAgent: string): Record<string, string> {
  const given = request.headers ?? {};
  const [mistake] = checkHeaders('headers', given);
  if (mistake) throw rejectError('header_invalid', `${mistake.path} ${mistake.message}`);
  const authorization =
    url.username === '' && url.password === '' ? {} : { authorization: basicAuthorization(url) };
  const named = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]);
  return { 'user-agent': userAgent, ...authorization, ...Object.fromEntries(named) };
}

/**
 * Where a redirect leads, if it may be followed: only one that keeps method and body (307, 308), to
 * the same host, and either to the same origin or from `http:` to `https:`.
 */
function redirectOf(url: URL, { status, headers }: RawAnswer): URL | undefined {
  if (status !== 307 && status !== 308) return undefined;
  const next = URL.parse(headers.location ?? '', url.href);
  if (next?.hostname !== url.hostname) return undefined;
  const isUpgrade = url.protocol === 'http:' && next.protocol === 'https:';
  const isSame = url.protocol === next.protocol && portOf(url) === portOf(next);
  return isUpgrade || isSame ? next : undefined;
}
