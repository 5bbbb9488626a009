import { Type } from 'typebox';
import { checkHeaders, checkHttpUrl, checkPair, type Mistake } from './check.ts';
import { basicAuth } from './http-url.ts';
import { optionalSecret, optionalText, secret } from './settings.ts';

/** Settings that outputs over HTTP have in common, and what they mean for a request. */

export const basicAuthSettings = {
  username: optionalText('With password: basic authentication.'),
  password: optionalSecret('Password of username.'),
};

export const headersSetting = headersNamed('Headers sent with every request.');

/** The same in other words. */
export function headersNamed(description: string) {
  const value = secret({ description: 'Value of the header.' });
  return Type.Record(Type.String(), value, { description, default: {} });
}

/**
 * Where requests go, by which login, with which headers: what `checkEndpoint` looks at.
 *
 * @param what Says of the URL what is behind it, and gives an example.
 */
export function endpointSettings(what: string) {
  return {
    url: secret({ description: `${what} Secret, for a password may be in it.` }),
    ...basicAuthSettings,
    headers: headersSetting,
  };
}

interface BasicAuth {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** Nothing where no user is configured. */
export function basicAuthHeader({ username, password }: BasicAuth): Record<string, string> {
  if (username === undefined || password === undefined) return {};
  return { authorization: basicAuth(username, password) };
}

/** What is wrong with URL, user and headers of a destination. Quotes no value. */
export function checkEndpoint({
  url,
  headers = {},
  ...auth
}: BasicAuth & {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}): Mistake[] {
  return [
    ...checkHttpUrl('url', url),
    ...checkBasicAuth(auth),
    ...checkHeaders('headers', headers),
  ];
}

/** One without the other is a mistake. */
export function checkBasicAuth({ username, password }: BasicAuth): Mistake[] {
  return checkPair({ username, password });
}
