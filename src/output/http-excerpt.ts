import { oneLine, truncate } from './format.ts';
import type { HttpAnswer } from './http.ts';
import { decoded } from './http-url.ts';

/**
 * What may be shown of an answer or an error. A destination's answer is written by a stranger, and
 * often repeats the request: a webhook's path or a token in a header is a credential.
 */

const EXCERPT_CHARACTERS_MAX = 200;
/** Far more than is shown; keeps the expressions below from working on megabytes. */
const LOOKED_AT_CHARACTERS_MAX = 4096;

/** What a request carried that must not be shown again. */
interface Sent {
  readonly urls: readonly URL[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Kept beside the answer, so that no adapter can forget to pass it on. */
const sentFor = new WeakMap<HttpAnswer, Sent>();

/** Remembers, for `excerptOf`, which request an answer belongs to. */
export function rememberSent(answer: HttpAnswer, sent: Sent): void {
  sentFor.set(answer, sent);
}

/** The same answer without a secret that went in the body, where it is not looked for. */
export function withoutSecret(answer: HttpAnswer, secret: string): HttpAnswer {
  let { text } = answer;
  for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
    if (form !== '') text = text.replaceAll(form, '***');
  }
  const safe = { ...answer, text };
  const sent = sentFor.get(answer);
  if (sent !== undefined) rememberSent(safe, sent);
  return safe;
}

/** The beginning of an answer's text, or of a text about it, without what the request carried. */
export function excerptOf(answer: HttpAnswer, text: string = answer.text): string {
  let safe = text;
  for (const secret of secretsOf(sentFor.get(answer))) safe = safe.replaceAll(secret, '***');
  return excerpt(withoutTags(safe));
}

/** Text as it may stand in a result: one line of at most 200 characters, safe to print. */
export function excerpt(text: string): string {
  const line = oneLine(text.slice(0, LOOKED_AT_CHARACTERS_MAX)).replaceAll(/\s+/g, ' ');
  return truncate(line.trim(), EXCERPT_CHARACTERS_MAX);
}

/** Cuts every URL in a text down to its scheme and host. */
export function withoutUrls(text: string): string {
  return text
    .slice(0, LOOKED_AT_CHARACTERS_MAX)
    .replaceAll(/\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'<>]+/gi, originOf);
}

function originOf(text: string): string {
  const url = URL.parse(text);
  return url === null ? '***' : `${url.protocol}//${url.host}`;
}

function withoutTags(text: string): string {
  if (!text.trimStart().startsWith('<')) return text;
  return text.slice(0, LOOKED_AT_CHARACTERS_MAX).replaceAll(/<[^>]*>/g, ' ');
}

/** Shorter parts are words of the interface (`v1`, `_bulk`): hiding them would hide too much. */
const SECRET_CHARACTERS_MIN = 6;
/** Values everybody knows. */
const PUBLIC_HEADERS: ReadonlySet<string> = new Set(['content-type', 'user-agent', 'accept']);

/** Longest first: a part must not break up the whole it stands in. */
function secretsOf({ urls, headers }: Sent = { urls: [], headers: {} }): string[] {
  const parts = new Set<string>();
  for (const url of urls) {
    if (url.pathname.length > 1) parts.add(url.pathname);
    for (const part of partsOf(url)) addLong(parts, part);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (PUBLIC_HEADERS.has(name)) continue;
    addLong(parts, value);
    addLong(parts, value.slice(value.indexOf(' ') + 1));
  }
  return [...parts].sort((a, b) => b.length - a.length);
}

function partsOf({ pathname, search, searchParams, username, password }: URL): string[] {
  const raw = [pathname, ...pathname.split('/'), search.slice(1), username, password];
  return [...raw, ...raw.map(decoded), ...searchParams.values()];
}

function addLong(parts: Set<string>, part: string): void {
  if (part.length >= SECRET_CHARACTERS_MIN) parts.add(part);
}
