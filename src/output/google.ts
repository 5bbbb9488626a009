import { Type } from 'typebox';
import { checkHttpUrl, type Mistake } from './check.ts';
import type { Connection, Delivery, SingleResult } from './define.ts';
import { readGoogleCredentials } from './google-credentials.ts';
import { CLOUD_PLATFORM, createGoogleTokens, type GoogleUse } from './google-token.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './http.ts';
import { optionalSecret } from './settings.ts';

/** What outputs to Google Cloud have in common. */

export const googleSettings = {
  credentials: optionalSecret(
    'Key of a service account, or configuration of workload identity federation with a file as its source: the JSON that Google gives, as it is or in base64. Default: the file that `GOOGLE_APPLICATION_CREDENTIALS` names, else the metadata server, which is also that of workload identity in GKE.',
  ),
};

/** @param standard What it is where nobody sets it. */
export function endpointSetting(standard: string) {
  return Type.String({
    description: 'Where the API is, for a private endpoint or an emulator.',
    default: standard,
  });
}

/** What an output posts to an API of Google's for a batch, and what the answer means. */
export interface GooglePost {
  readonly url: string;
  readonly bodyOf: (deliveries: readonly Delivery[]) => string;
  readonly resultOf: (answer: HttpAnswer, deliveries: readonly Delivery[]) => SingleResult;
}

/** A connection for outputs that post a batch in one request. */
export function openGooglePost(
  settings: GoogleSettings,
  http: HttpClient,
  { url, bodyOf, resultOf }: GooglePost,
): Promise<Connection> {
  const google = openGoogle(settings, http);
  return Promise.resolve({
    send: async (deliveries, { signal }) =>
      resultOf(await google.post(url, bodyOf(deliveries), signal), deliveries),
    close: () => google.close(),
  });
}

interface GoogleSettings {
  readonly credentials?: string | undefined;
  readonly endpoint?: string;
}

export function googleMistakes({ credentials, endpoint }: GoogleSettings): Mistake[] {
  const read = credentials === undefined ? {} : readGoogleCredentials(credentials);
  return [
    ...(typeof read === 'string' ? [{ path: 'credentials', message: read }] : []),
    ...checkHttpUrl('endpoint', endpoint),
  ];
}

/** Requests that carry a token. */
export interface GoogleClient {
  /** Rejects with what `resultOfError` understands. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  post(url: string, body: string, signal: AbortSignal): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Opens nothing before the first request. */
export function openGoogle(
  { credentials }: GoogleSettings,
  http: HttpClient,
  use: GoogleUse = { scope: CLOUD_PLATFORM },
): GoogleClient {
  const tokens = createGoogleTokens(credentials, use, http);
  const client: GoogleClient = {
    async request(request) {
      const authorization = `Bearer ${await tokens.token(request.signal)}`;
      const answer = await http.request({
        ...request,
        headers: { ...request.headers, authorization },
      });
      if (answer.status === 401) tokens.forget();
      return answer;
    },
    post: (url, body, signal) =>
      client.request({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body,
        signal,
      }),
    close: () => tokens.close(),
  };
  return client;
}
