import type { Failure } from './http-error.ts';
import { retryError } from './http-error.ts';
import { excerptOf, withoutSecret } from './http-excerpt.ts';
import { resultOfStatus } from './http-result.ts';
import type { HttpAnswer, HttpClient } from './http.ts';

/** Tokens by the client credentials grant (RFC 6749, 4.4), kept while they are valid. */

export interface TokenRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Beside `grant_type`. */
  readonly form: Readonly<Record<string, string>>;
  /** What of the form must not be shown. */
  readonly secret?: string;
}

export interface TokenCache {
  /** A token that is valid for a while. Rejects with `HttpError`. */
  token(signal: AbortSignal): Promise<string>;
  /** Forgets the token at hand: whoever got it did not like it. */
  forget(): void;
}

export function createTokenCache(request: () => TokenRequest, http: HttpClient): TokenCache {
  let kept: Token | undefined;
  return {
    async token(signal) {
      if (kept === undefined || kept.staleAtMs < performance.now()) {
        kept = await fetchToken(request(), http, signal);
      }
      return kept.value;
    },
    forget() {
      kept = undefined;
    },
  };
}

interface Token {
  readonly value: string;
  readonly staleAtMs: number;
}

const REQUEST_MS_MAX = 10_000;
/** A token is not used for the last tenth of its time, or the last minute of it. */
const MARGIN_MS_MAX = 60_000;
/** Whatever the server says. */
const LIFETIME_MS_MAX = 24 * 60 * 60_000;

async function fetchToken(
  { url, headers, form, secret = '' }: TokenRequest,
  http: HttpClient,
  signal: AbortSignal,
): Promise<Token> {
  const askedAtMs = performance.now();
  const said = await http.request({
    method: 'POST',
    url,
    headers: {
      ...headers,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS_MAX)]),
  });
  const answer = withoutSecret(said, secret);
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered') throw refused(answer, result);
  const { access_token: value, expires_in: seconds = 0 } = parsed(answer);
  if (typeof value !== 'string' || !TOKEN.test(value)) throw notUnderstood(answer);
  const lifetimeMs = Math.min(Number(seconds) * 1000 || 0, LIFETIME_MS_MAX);
  const marginMs = Math.min(lifetimeMs / 10, MARGIN_MS_MAX);
  return { value, staleAtMs: askedAtMs + lifetimeMs - marginMs };
}

/** RFC 6750, 2.1; anything else could add to what is said with it. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

interface TokenAnswer {
  readonly access_token?: unknown;
  readonly expires_in?: unknown;
}

function parsed(answer: HttpAnswer): TokenAnswer {
  try {
    return (JSON.parse(answer.text) ?? {}) as TokenAnswer;
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
