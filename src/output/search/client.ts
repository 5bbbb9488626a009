import {
  BaseConnection,
  Client,
  type ClientOptions,
  errors,
  Transport,
} from '@elastic/elasticsearch';
import { retryError } from '../http-error.ts';
import { basicAuthorization } from '../http-url.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../http.ts';
import type { SearchSettings } from './settings.ts';

/**
 * Elastic's client on the hub's way out, speaking to Elasticsearch and OpenSearch alike. It chooses
 * the node, and turns to the next one when a node does not answer; other retries are the engine's.
 */
export function createClient(settings: SearchSettings, http: HttpClient): Client {
  const auth = authOf(settings);
  return new Client({
    nodes: rotated(settings.nodes).map((text) => nodeOf(text, auth !== undefined)),
    ...(auth && { auth }),
    compression: settings.compress,
    maxRetries: settings.nodes.length - 1,
    enableMetaHeader: false,
    // Its copy of a compressed body has a key for every byte; nobody sees the errors it is meant for.
    redaction: { type: 'off' },
    Connection: connectionOver(http, settings.headers),
    Transport: NeutralTransport,
  });
}

/** The client asks them in turn: one that hangs must not be the first after every new start. */
function rotated(nodes: readonly string[]): string[] {
  const first = Math.floor(Math.random() * nodes.length);
  return [...nodes.slice(first), ...nodes.slice(0, first)];
}

function authOf({ username, password, apiKey }: SearchSettings): ClientOptions['auth'] {
  if (username !== undefined && password !== undefined) return { username, password };
  return apiKey === undefined ? undefined : { apiKey };
}

/** The client fails on a password in a URL that is not well encoded, so it never sees one. */
function nodeOf(text: string, isAuthKnown: boolean) {
  const url = new URL(text);
  const isNamed = !isAuthKnown && (url.username !== '' || url.password !== '');
  const headers = isNamed ? { authorization: basicAuthorization(url) } : {};
  url.username = '';
  url.password = '';
  return { url, headers };
}

type TransportOptions = ConstructorParameters<typeof Transport>[0];

/**
 * Without the check that refuses OpenSearch, and with plain media types: OpenSearch refuses Elastic's
 * own, which ask for the API of version 8 and change nothing in what is asked for here.
 */
class NeutralTransport extends Transport {
  constructor(options: TransportOptions) {
    const neutral = { ...options, openTelemetry: { enabled: false } };
    delete neutral.productCheck;
    delete neutral.vendoredHeaders;
    super(neutral);
  }
}

type Params = Parameters<BaseConnection['request']>[0];
type Options = Parameters<BaseConnection['request']>[1];

/** Goes with a call as its `context`, and comes back with what the client does not pass on. */
export type Trace = {
  /** The last answer. */
  answer?: HttpAnswer;
  /** Why the last node that was asked gave no answer. */
  error?: unknown;
};

/** A class, for the client makes its connections itself: one for each node. */
function connectionOver(http: HttpClient, configured: Readonly<Record<string, string>>) {
  return class HttpConnection extends BaseConnection {
    // oxlint-disable-next-line typescript/no-explicit-any -- the client's type for both its overloads
    override async request(params: Params, { signal, context }: Options): Promise<any> {
      const trace = context as Trace;
      try {
        const answer = await http.request({
          method: params.method as NonNullable<HttpRequest['method']>,
          url: urlOf(this.url, params),
          headers: { ...this.headers, ...configured, ...contentHeaders(params) } as HttpHeaders,
          body: params.body as string | Buffer,
          signal: signal as AbortSignal,
          answerBytesMax: ANSWER_BYTES_MAX,
        });
        const { status, headers, text, truncated } = answer;
        if (truncated && status < 300) throw TOO_LONG;
        trace.answer = answer;
        return { statusCode: status, headers: unpacked(headers), body: truncated ? '' : text };
      } catch (error) {
        trace.error = error;
        // Another node's answer would be as long.
        if (error === TOO_LONG) throw error;
        throw new errors.ConnectionError('no answer');
      }
    }

    override async close(): Promise<void> {
      // The engine closes the HTTP client.
    }
  };
}

type HttpHeaders = NonNullable<HttpRequest['headers']>;

/** Refusals of 500 documents, each with a reason of 2 KiB. */
const ANSWER_BYTES_MAX = 1024 * 1024;

export const TOO_LONG = retryError(
  'answer_too_large',
  'server',
  'the answer is too long to be read',
);

/** The client would unpack the answer once more. */
function unpacked(headers: HttpHeaders): HttpHeaders {
  const others: Record<string, string> = { ...headers };
  delete others['content-encoding'];
  return others;
}

function urlOf(node: URL, { path, querystring = '' }: Params): string {
  const base = node.origin + node.pathname.replace(/\/$/, '');
  return `${base}${path}${querystring === '' ? '' : `?${querystring}`}`;
}

const CONTENT_HEADERS = ['accept', 'content-type', 'content-encoding'] as const;

function contentHeaders({ headers = {} }: Params): Record<string, string> {
  return Object.fromEntries(
    CONTENT_HEADERS.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
