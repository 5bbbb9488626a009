import type { HttpClient } from '../../src/output/http.ts';
import type { TokenCache } from '../../src/output/oauth.ts';
import { createTokenCache } from '../../src/output/oauth.ts';
import type { SaslSettings } from './settings.ts';

/** Where the tokens for OAUTHBEARER come from. */
export type TokenSource = TokenCache;

/** The configured token, or one by the client credentials grant (RFC 6749, 4.4), kept while valid. */
export function createTokenSource(
  settings: SaslSettings | undefined,
  http: HttpClient,
): TokenSource {
  const { token } = settings ?? {};
  if (token === undefined) return createTokenCache(() => requestOf(settings ?? {}), http);
  return { token: () => Promise.resolve(token), forget: () => undefined };
}

function requestOf(settings: Partial<SaslSettings>) {
  const { tokenUrl = '', clientId = '', clientSecret = '', scope } = settings;
  const credentials = Buffer.from(credentialsOf(clientId, clientSecret)).toString('base64');
  return {
    url: tokenUrl,
    headers: { authorization: `Basic ${credentials}` },
    form: scope === undefined ? {} : { scope },
  };
}

/** Encoded as a form is (RFC 6749, 2.3.1), so that a colon in the id does not end it. */
function credentialsOf(clientId: string, clientSecret: string): string {
  return [clientId, clientSecret]
    .map((text) => new URLSearchParams({ '': text }).toString().slice(1))
    .join(':');
}
