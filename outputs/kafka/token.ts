import { fetchToken, grantRequest, keepToken, type TokenSource } from '../../src/output/oauth.ts';
import type { HttpClient } from '../../src/output/http.ts';
import type { SaslSettings } from './settings.ts';

export type { TokenSource } from '../../src/output/oauth.ts';

/** The configured token, or one by the client credentials grant (RFC 6749, 4.4), kept while valid. */
export function createTokenSource(
  settings: SaslSettings | undefined,
  http: HttpClient,
): TokenSource {
  const granted = keepToken((signal) => fetchToken(http, requestOf(settings ?? {}), signal));
  return {
    token: async (signal) => settings?.token ?? granted.token(signal),
    forget: () => granted.forget(),
  };
}

function requestOf({
  tokenUrl = '',
  clientId = '',
  clientSecret = '',
  scope,
}: Partial<SaslSettings>) {
  const { headers, ...request } = grantRequest(tokenUrl, {
    grant_type: 'client_credentials',
    ...(scope !== undefined && { scope }),
  });
  const basic = Buffer.from(credentialsOf(clientId, clientSecret)).toString('base64');
  return { ...request, headers: { ...headers, authorization: `Basic ${basic}` } };
}

/** Encoded as a form is (RFC 6749, 2.3.1), so that a colon in the id does not end it. */
function credentialsOf(clientId: string, clientSecret: string): string {
  return [clientId, clientSecret]
    .map((text) => new URLSearchParams({ '': text }).toString().slice(1))
    .join(':');
}
