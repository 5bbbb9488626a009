import type { SingleResult } from './define.ts';

/** The one way out over HTTP. (Types; the implementation stands below them.) */

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The attempt's deadline. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names; a header sent twice is joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 64 KiB, decompressed, UTF-8. */
  readonly text: string;
  /** Whether the body was longer than that. */
  readonly truncated: boolean;
}

export interface HttpClient {
  /** Sends one request and reads the answer. Rejects with what `resultOfError` understands. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Sends `body` (already JSON, or a value to stringify) and turns the answer into a result. */
  postJson(
    url: string,
    body: unknown,
    options: {
      readonly signal: AbortSignal;
      readonly headers?: Readonly<Record<string, string>>;
      readonly method?: 'POST' | 'PUT';
      /** Looks at a 2xx answer: a destination that must say more than 200 says it here. */
      readonly accept?: (answer: HttpAnswer) => SingleResult;
    },
  ): Promise<SingleResult>;
  /** The same way out as a `fetch`, for a vendor's client that takes one. */
  readonly fetch: typeof globalThis.fetch;
  /** Closes idle connections. */
  close(): Promise<void>;
}
