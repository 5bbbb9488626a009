import type { Failure } from '../../src/output/http-error.ts';
import { retryError } from '../../src/output/http-error.ts';
import { excerptOf } from '../../src/output/http-excerpt.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { resultOfStatus } from '../../src/output/http.ts';
import type { SaslSettings } from './settings.ts';

/** Where the tokens for OAUTHBEARER come from. */
export interface TokenSource {
  /** A token that is valid for a while. Rejects with `HttpError`. */
  token(signal: AbortSignal): Promise<string>;
  /** Forgets the token at hand: a broker did not like it. */
  forget(): void;
}

/** The configured token, or one by the client credentials grant (RFC 6749, 4.4), kept while valid. */
export function createTokenSource(
  settings: SaslSettings | undefined,
  http: HttpClient,
): TokenSource {
  let kept: Token | undefined;
  return {
    async token(signal) {
      if (settings?.token !== undefined) return settings.token;
      if (kept === undefined || kept.staleAtMs < performance.now()) {
        kept = await fetchToken(settings ?? {}, http, signal);
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
  settings: Partial<SaslSettings>,
  http: HttpClient,
  signal: AbortSignal,
): Promise<Token> {
  const { tokenUrl = '', clientId = '', clientSecret = '', scope } = settings;
  const askedAtMs = performance.now();
  const answer = await http.request({
    method: 'POST',
    url: tokenUrl,
    headers: {
      authorization: `Basic ${Buffer.from(credentialsOf(clientId, clientSecret)).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      ...(scope !== undefined && { scope }),
    }).toString(),
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS_MAX)]),
  });
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered') throw refused(answer, result);
  const { access_token: value, expires_in: seconds = 0 } = parsed(answer);
  if (typeof value !== 'string' || !TOKEN.test(value)) throw notUnderstood(answer);
  const lifetimeMs = Math.min(Number(seconds) * 1000 || 0, LIFETIME_MS_MAX);
  const marginMs = Math.min(lifetimeMs / 10, MARGIN_MS_MAX);
  return { value, staleAtMs: askedAtMs + lifetimeMs - marginMs };
}

/** RFC 6750, 2.1; anything else could add to what is said to the broker. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/** Encoded as a form is (RFC 6749, 2.3.1), so that a colon in the id does not end it. */
function credentialsOf(clientId: string, clientSecret: string): string {
  return [clientId, clientSecret]
    .map((text) => new URLSearchParams({ '': text }).toString().slice(1))
    .join(':');
}

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
