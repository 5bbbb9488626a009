import { validateHeaderName, validateHeaderValue } from '../node-http.ts';
import { parseHttpUrl } from './http-url.ts';

/**
 * Checks of settings that a schema cannot say, for `validate`. None of them quotes a value: a URL or a
 * header may be a credential.
 */

export interface Mistake {
  readonly path: string;
  readonly message: string;
}

/** Whether `text` is an absolute `http:` or `https:` URL, where there is one. */
export function checkHttpUrl(path: string, text: string | undefined): Mistake[] {
  if (text === undefined || parseHttpUrl(text) !== undefined) return [];
  return [{ path, message: 'is not a URL that begins with https:// or http://' }];
}

/** Two settings, of which one without the other is a mistake: `checkPair({ username, password })`. */
export function checkPair(pair: Readonly<Record<string, unknown>>): Mistake[] {
  const names = Object.keys(pair);
  const missing = names.filter((name) => pair[name] === undefined);
  if (missing.length !== 1) return [];
  const [path = ''] = missing;
  const given = names.find((name) => name !== path);
  return [{ path, message: `is missing beside ${given}` }];
}

/** Headers that belong to the connection, or that the hub itself must set. */
const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Whether configured headers can be sent as they are. */
export function checkHeaders(path: string, headers: Readonly<Record<string, string>>): Mistake[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const message = headerMistake(name, value);
    return message === undefined ? [] : [{ path: `${path}.${name}`, message }];
  });
}

/** Whether a text can be the value of a header, such as a token. */
export function checkHeaderValue(path: string, value: string): Mistake[] {
  return checkHeaders('', { value }).map(({ message }) => ({ path, message }));
}

function headerMistake(name: string, value: string): string | undefined {
  if (!passes(() => validateHeaderName(name))) return 'is not a header name';
  if (RESERVED.has(name.toLowerCase())) return 'is set by the connection itself: remove it';
  if (!passes(() => validateHeaderValue(name, value))) {
    return 'has a character that no header may have, such as a line break';
  }
  return undefined;
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
