import { retryError } from './http-error.ts';
import type { RawAnswer } from './http-exchange.ts';
import type { HttpRequest } from './http.ts';

type Send = (request: HttpRequest & { readonly redirect: boolean }) => Promise<RawAnswer>;

/**
 * A `fetch` on the hub's own way out, for vendors' clients. A real one would follow redirects
 * anywhere, inflate without bounds and load a second HTTP client; this one speaks the interface
 * over `send`. The answer is read whole before it resolves, and one that is too long rejects,
 * because a client could not tell that it was cut.
 */
export function createFetch(send: Send): typeof globalThis.fetch {
  return async (input, init) => {
    const { redirect, ...request } = await requestOf(input, init);
    const answer = await send({ ...request, redirect: redirect === 'follow' });
    const { status } = answer;
    if (redirect === 'error' && status >= 300 && status < 400) {
      throw retryError('network', 'client', `HTTP ${status}: a redirect is not followed`);
    }
    if (answer.truncated) {
      throw retryError('answer_too_large', 'server', `HTTP ${status}: the answer is too long`);
    }
    return responseOf(answer);
  };
}

type Input = Parameters<typeof globalThis.fetch>[0];

/** Stands in for the URL: the platform's `Request` quotes one with a password in its error. */
const PLACEHOLDER = 'http://destination.invalid/';

async function requestOf(
  input: Input,
  init: RequestInit | undefined,
): Promise<HttpRequest & { readonly redirect: Request['redirect'] }> {
  const request = new Request(input instanceof Request ? input : PLACEHOLDER, init);
  const body = new Uint8Array(await request.arrayBuffer());
  return {
    method: request.method as NonNullable<HttpRequest['method']>,
    url: urlOf(input),
    headers: Object.fromEntries(request.headers),
    signal: request.signal,
    redirect: request.redirect,
    ...(body.length > 0 && { body }),
  };
}

function urlOf(input: Input): string {
  if (typeof input === 'string') return input;
  return input instanceof Request ? input.url : input.href;
}

/** Statuses with which the platform's `Response` takes no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

function responseOf({ status, headers, body }: RawAnswer): Response {
  if (status < 200 || status > 599) {
    throw retryError('network', 'server', `HTTP ${status}: not a status of HTTP`);
  }
  const content = WITHOUT_BODY.has(status) ? null : new Uint8Array(body);
  return new Response(content, { status, headers });
}
