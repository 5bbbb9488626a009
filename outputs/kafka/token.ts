import type { HttpClient } from '../../src/output/http.ts';
import {
  clientCredentialsRequest,
  fetchToken,
  keepToken,
  type TokenSource,
} from '../../src/output/oauth.ts';
import type { SaslSettings } from './settings.ts';

/** The configured token, or one by the client credentials grant, kept while valid. */
export function createTokenSource(
  settings: SaslSettings | undefined,
  http: HttpClient,
): TokenSource {
  const granted = keepToken((signal) =>
    fetchToken(http, clientCredentialsRequest(settings ?? {}), signal),
  );
  return {
    token: async (signal) => settings?.token ?? granted.token(signal),
    forget: () => granted.forget(),
  };
}
