import { createHash, createHmac } from 'node:crypto';
import { posix } from 'node:path';
import { mergeHeaders } from './headers.ts';
import { decoded } from './http-url.ts';
import type { HttpRequest } from './http.ts';

/** AWS Signature Version 4, in the `Authorization` header (AWS, "Signing AWS API requests"). */

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined;
}

/** What a signature is good for. */
export interface SigningScope {
  /** As AWS names it in signatures: `s3`, `sqs`, `es`, `aoss`, `logs`. */
  readonly service: string;
  readonly region: string;
}

/**
 * The request with the headers that sign it: method, URL, body and every header given. Sign last,
 * just before sending, since AWS refuses what was signed more than five minutes ago.
 */
export function signedRequest(
  request: HttpRequest,
  scope: SigningScope,
  credentials: AwsCredentials,
  nowMs: number = Date.now(),
): HttpRequest {
  const url = new URL(request.url);
  const time = timeOf(nowMs);
  const bodySha256 = sha256(request.body ?? '');
  const { sessionToken } = credentials;
  const headers = mergeHeaders(request.headers ?? {}, {
    'x-amz-content-sha256': bodySha256,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  });
  const canonical = canonicalRequest({
    method: request.method ?? 'GET',
    path: scope.service === 's3' ? url.pathname.split('/').map(decoded).join('/') : url.pathname,
    isNormalized: scope.service !== 's3',
    query: url.search.slice(1),
    headers: { ...headers, host: url.host },
    bodySha256,
  });
  const authorization = authorizationOf(canonical, scope, credentials, time);
  return { ...request, headers: { ...headers, authorization } };
}

/** A request in the parts that are signed. */
export interface SignedParts {
  readonly method: string;
  /** As it is sent; for S3, where an object's name is encoded once, decoded. */
  readonly path: string;
  /** Whether `//`, `.` and `..` are resolved: everywhere but in S3, where they are names. */
  readonly isNormalized: boolean;
  /** Without the question mark, as it is sent. */
  readonly query: string;
  /** All that is signed, with `host`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Hex digits. */
  readonly bodySha256: string;
}

/** What is signed, and the names of its headers. */
export interface Canonical {
  readonly text: string;
  readonly signedHeaders: string;
}

/** A request in the one form in which both sides see it. */
export function canonicalRequest(parts: SignedParts): Canonical {
  const { method, path, isNormalized, query, bodySha256 } = parts;
  const headers = Object.entries(parts.headers)
    .map(([name, value]): Pair => [name.toLowerCase(), value.trim().replaceAll(/\s+/g, ' ')])
    .sort(byCode);
  const signedHeaders = headers.map(([name]) => name).join(';');
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('');
  const way = isNormalized ? posix.normalize(path) : path;
  const encoded = way.split('/').map(percentEncoded).join('/');
  const text = [method, encoded, canonicalQuery(query), lines, signedHeaders, bodySha256];
  return { text: text.join('\n'), signedHeaders };
}

/**
 * The value of `Authorization`.
 *
 * @param time `x-amz-date`, such as 20150830T123600Z.
 */
export function authorizationOf(
  { text, signedHeaders }: Canonical,
  { region, service }: SigningScope,
  { accessKeyId, secretAccessKey }: AwsCredentials,
  time: string,
): string {
  const steps = [time.slice(0, 8), region, service, 'aws4_request'];
  const scope = steps.join('/');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(text)].join('\n');
  const key = steps.reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  const signature = hmac(key, toSign).toString('hex');
  const credential = `Credential=${accessKeyId}/${scope}`;
  return `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

/** Percent-encoded as AWS wants it in paths and queries: all but RFC 3986's unreserved. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

type Pair = readonly [name: string, value: string];

/** By code, and not by a language's rules. */
function byCode([a, av]: Pair, [b, bv]: Pair): number {
  if (a !== b) return a < b ? -1 : 1;
  if (av === bv) return 0;
  return av < bv ? -1 : 1;
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((pair): Pair => {
      const [name = '', ...value] = pair.split('=');
      return [percentEncoded(decoded(name)), percentEncoded(decoded(value.join('=')))];
    })
    .sort(byCode)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** 20150830T123600Z */
function timeOf(nowMs: number): string {
  return new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}
