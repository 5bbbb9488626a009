import { type Failure, retryError } from './http-error.ts';
import { excerptOf, withoutSecret } from './http-excerpt.ts';
import { resultOfStatus } from './http-result.ts';
import { basicAuth } from './http-url.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './http.ts';

/** Tokens that a server gives for a while, and that a request carries as its credential. */

export interface Token {
  readonly value: string;
  /** From when on it is not used any more, on the clock of `performance.now()`. */
  readonly staleAtMs: number;
}

export interface TokenSource {
  /** A token that is valid for a while. Rejects with `HttpError`. */
  token(signal: AbortSignal): Promise<string>;
  /** Forgets the token at hand: the destination did not like it. */
  forget(): void;
}

/** Keeps a token while it is valid. */
export function keepToken(fetchOne: (signal: AbortSignal) => Promise<Token>): TokenSource {
  let kept: Token | undefined;
  return {
    async token(signal) {
      if (kept === undefined || kept.staleAtMs < performance.now()) kept = await fetchOne(signal);
      return kept.value;
    },
    forget() {
      kept = undefined;
    },
  };
}

const REQUEST_MS_MAX = 10_000;
/** A token is not used for the last tenth of its time, or the last minute of it. */
const MARGIN_MS_MAX = 60_000;
/** Whatever the server says. */
const LIFETIME_MS_MAX = 24 * 60 * 60_000;

/** A token that was asked for at `askedAtMs`, and lives so many seconds. */
function tokenFor(value: string, seconds: unknown, askedAtMs: number): Token {
  const lifetimeMs = Math.min(Number(seconds) * 1000 || 0, LIFETIME_MS_MAX);
  const marginMs = Math.min(lifetimeMs / 10, MARGIN_MS_MAX);
  return { value, staleAtMs: askedAtMs + lifetimeMs - marginMs };
}

/**
 * Asks a token endpoint (RFC 6749, 5).
 *
 * @param read Makes of a 2xx answer a token and the seconds it lives. Default: `access_token` and
 *   `expires_in`.
 */
export async function fetchToken(
  http: HttpClient,
  request: Omit<HttpRequest, 'signal'>,
  signal: AbortSignal,
  read: (answer: HttpAnswer) => readonly [value: unknown, seconds: unknown] = readGranted,
): Promise<Token> {
  const askedAtMs = performance.now();
  const answer = await http.request({
    ...request,
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS_MAX)]),
  });
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered') throw refused(withoutForm(answer, request.body), result);
  const [value, seconds] = readOr(answer, read);
  if (typeof value !== 'string' || !isToken(value)) throw notUnderstood(answer);
  return tokenFor(value, seconds, askedAtMs);
}

/** The request of a grant, as a form (RFC 6749, 4). */
export function grantRequest(
  url: string,
  form: Readonly<Record<string, string>>,
): Omit<HttpRequest, 'signal'> {
  return {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams(form).toString(),
  };
}

/** Who asks for a token by the client credentials grant (RFC 6749, 4.4), and where. */
interface OAuthClient {
  readonly tokenUrl?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly scope?: string | undefined;
}

/** The token that is configured, or else one by that grant, kept while it is valid. */
export function tokenOrGrant(
  http: HttpClient,
  { token: configured, ...client }: OAuthClient & { readonly token?: string | undefined },
): TokenSource {
  if (configured !== undefined) {
    return { token: () => Promise.resolve(configured), forget: () => undefined };
  }
  return keepToken((signal) => fetchToken(http, clientCredentialsRequest(client), signal));
}

/** The request of that grant, with the client's login in its header, as RFC 6749 (2.3.1) prefers. */
function clientCredentialsRequest({
  tokenUrl = '',
  clientId = '',
  clientSecret = '',
  scope,
}: OAuthClient): Omit<HttpRequest, 'signal'> {
  const { headers, ...request } = grantRequest(tokenUrl, {
    grant_type: 'client_credentials',
    ...(scope !== undefined && { scope }),
  });
  const authorization = basicAuth(formEncoded(clientId), formEncoded(clientSecret));
  return { ...request, headers: { ...headers, authorization } };
}

/** A colon in the id must not end it. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

/** Whether a text can be a bearer token (RFC 6750, 2.1); others could add to what is said with it. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

function readGranted({ text }: HttpAnswer): readonly [unknown, unknown] {
  const { access_token, expires_in = 0 } = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  return [access_token, expires_in];
}

function readOr(
  answer: HttpAnswer,
  read: (answer: HttpAnswer) => readonly [unknown, unknown],
): readonly [unknown, unknown] {
  try {
    return read(answer);
  } catch {
    throw notUnderstood(answer);
  }
}

function notUnderstood({ status }: HttpAnswer): Error {
  const detail = `the token endpoint answers ${status} without a token`;
  return retryError('network', 'auth', detail);
}

/** It says no with 400 to wrong credentials, too (RFC 6749, 5.2). */
function refused(answer: HttpAnswer, { outcome, reason }: Failure): Error {
  const detail = `the token endpoint answers ${answer.status}: ${excerptOf(answer)}`;
  return retryError('network', outcome === 'reject' ? 'auth' : reason, detail);
}

/** Credentials go in the form, and answers repeat requests. */
function withoutForm(answer: HttpAnswer, body: HttpRequest['body']): HttpAnswer {
  if (typeof body !== 'string') return answer;
  const values = [...new URLSearchParams(body).values()].filter(({ length }) => length >= 8);
  return values.reduce(withoutSecret, withoutSecret(answer, body));
}
