/** Parts of `http:` and `https:` URLs in the forms that sockets and headers want. */

/** The URL, or undefined when the text is no absolute `http:` or `https:` URL. */
export function parseHttpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}

/** The host as an address or name, without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** The port, also where it is the scheme's own. */
export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

/** Host and port for a reader: the part of a URL that is no secret. */
export function whereOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** The value of `Authorization` for user info as it stands in a URL. */
export function basicAuthorization({ username, password }: URL): string {
  return basicAuth(decoded(username), decoded(password));
}

/** The value of `Authorization` for a user and a password (RFC 7617). */
export function basicAuth(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Percent-decoded text; text that is not well encoded stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A URL that says no path gets the usual one. */
export function withPath(url: string, usual: string): string {
  const whole = new URL(url);
  if (whole.pathname === '/') whole.pathname = usual;
  return whole.href;
}

/** A path below a URL that may or may not end with a slash. */
export function below(url: string, path: string): string {
  return url.replace(/\/+$/, '') + path;
}
