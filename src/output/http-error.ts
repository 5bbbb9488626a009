import type { FailureReason, SingleResult } from './define.ts';
import { excerpt, withoutUrls } from './http-excerpt.ts';

export type Failure = Exclude<SingleResult, { readonly outcome: 'delivered' }>;

export type HttpErrorCode =
  | 'url_invalid'
  | 'header_invalid'
  | 'destination_refused'
  | 'proxy_invalid'
  | 'proxy_refused'
  | 'tls_files'
  | 'certificate'
  | 'network'
  | 'timeout'
  | 'answer_too_large'
  | 'bug';

/**
 * Why a request got no answer, in words that may be logged. It has no `cause` on purpose: libraries
 * hang URLs, headers and answers on their errors.
 */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpErrorCode;
  /** What the failure means for the delivery. */
  readonly failure: Failure;

  constructor(code: HttpErrorCode, failure: Failure) {
    super(failure.detail);
    this.code = code;
    this.failure = failure;
  }
}

/**
 * The failure of something that no alert is to blame for: they wait.
 *
 * @param what Failed, for the reader.
 */
export function aboutDestination(failure: Failure, what = ''): Failure {
  const detail = what === '' ? failure.detail : `${what}: ${failure.detail}`;
  return failure.outcome === 'retry'
    ? { ...failure, detail }
    : { outcome: 'retry', reason: 'client', detail };
}

/** A failure that is not about the alert: the delivery waits until it is mended. */
export function retryError(code: HttpErrorCode, reason: FailureReason, detail: string): HttpError {
  return new HttpError(code, { outcome: 'retry', reason, detail });
}

/** A mistake in the program or in what it was given: trying again cannot help. */
export function rejectError(code: HttpErrorCode, detail: string): HttpError {
  return new HttpError(code, { outcome: 'reject', reason: 'bug', detail });
}

/**
 * Turns whatever was thrown into an `HttpError`: the first known error along `cause`, `original`
 * and `errors`. What is not known is a bug.
 *
 * @param where Host and port, or the like, for the reader; never a URL.
 */
export function httpErrorOf(error: unknown, where?: string): HttpError {
  const prefix = where === undefined ? '' : `${where}: `;
  for (const link of chainOf(error)) {
    if (link instanceof HttpError) return link;
    const known = knownErrorOf(link, prefix);
    if (known !== undefined) return known;
  }
  return rejectError('bug', prefix + describe(error));
}

function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return excerpt(withoutUrls(text));
}

/** How deep a chain of causes is followed: it may be a circle. */
const CHAIN_LENGTH_MAX = 8;

interface ErrorLike {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly original?: unknown;
  readonly errors?: unknown;
}

function* chainOf(error: unknown): Generator<ErrorLike> {
  let link = error;
  for (let depth = 0; depth < CHAIN_LENGTH_MAX; depth += 1) {
    if (typeof link !== 'object' || link === null) return;
    const current: ErrorLike = link;
    yield current;
    link = current.cause ?? current.original ?? firstOf(current.errors);
  }
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

type Row = readonly [pattern: RegExp, code: HttpErrorCode, text: string];

/**
 * Codes of Node (errno, DNS, `ERR_TLS_`, OpenSSL's `ERR_SSL_` and X509_V_ERR names) and of undici
 * (`UND_ERR_`), or the names of errors without one. The first row that matches counts.
 */
const ROWS: readonly Row[] = [
  [/^(TimeoutError|AbortError|ABORT_ERR)$/, 'timeout', 'no answer in time'],
  [/^UND_ERR_(ABORTED|HEADERS_TIMEOUT|BODY_TIMEOUT)$/, 'timeout', 'no answer in time'],
  [/^(ENOTFOUND|EAI_[A-Z]+|ENODATA|ESERVFAIL)$/, 'network', 'the name does not resolve'],
  [/^ECONNREFUSED$/, 'network', 'connection refused'],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'network', 'no connection in time'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE)$/, 'network', 'the connection was cut'],
  [/^UND_ERR_(SOCKET|CLOSED|DESTROYED|INFO)$/, 'network', 'the connection was cut'],
  [/^E(HOSTUNREACH|NETUNREACH|HOSTDOWN|NETDOWN|ADDRNOTAVAIL)$/, 'network', 'no way there'],
  [/^(EMFILE|ENFILE|ENOBUFS)$/, 'network', 'this host is out of sockets'],
  [
    /^(HTTPParserError|HPE_|UND_ERR_(RES_|HEADERS_OVERFLOW))/,
    'network',
    'the answer is broken HTTP',
  ],
  [
    /^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA)/,
    'certificate',
    'it refuses our client certificate',
  ],
  [
    /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_(CA|PURPOSE)$|PATH_LENGTH_|ERROR_IN_CE)/,
    'certificate',
    'its certificate is not accepted',
  ],
  [/^ERR_TLS_CERT_/, 'certificate', 'its certificate is not accepted'],
  [/^(ERR_SSL_|ERR_TLS_|EPROTO)/, 'network', 'no TLS connection'],
];

/** Calls whose failing is the network's, whatever the code: a firewall answers EPERM. */
const NETWORK_CALLS: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo']);

function knownErrorOf(error: ErrorLike, prefix: string): HttpError | undefined {
  const raw = typeof error.code === 'string' ? error.code : String(error.name);
  const row = ROWS.find(([pattern]) => pattern.test(raw));
  if (row === undefined) {
    if (!NETWORK_CALLS.has(error.syscall)) return undefined;
    return retryError('network', 'network', `${prefix}no connection (${raw})`);
  }
  const [, code, text] = row;
  // Node's own words say what is wrong with a certificate; OpenSSL's are lines of its source.
  const isVerdict = code === 'certificate' && !raw.startsWith('ERR_SSL_');
  const why = isVerdict ? `: ${excerpt(withoutUrls(String(error.message)))}` : '';
  const reason = code === 'timeout' ? 'timeout' : 'network';
  return retryError(code, reason, `${prefix}${text}${why} (${raw})`);
}
