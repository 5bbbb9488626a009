import { sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type ExternalAccount,
  type GoogleCredentials,
  readGoogleCredentials,
  type ServiceAccount,
} from './google-credentials.ts';
import { retryError } from './http-error.ts';
import type { HttpAnswer, HttpClient } from './http.ts';
import { createMetadataClient } from './metadata.ts';
import { fetchToken, grantRequest, keepToken, type Token, type TokenSource } from './oauth.ts';

/** What a token is for: an API of Google's, or a service of one's own that checks who calls it. */
export type GoogleUse = { readonly scope: string } | { readonly audience: string };

/** All of Google Cloud; what may be done is for IAM to say. */
export const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';

export interface GoogleTokens extends TokenSource {
  close(): Promise<void>;
}

/**
 * Tokens by the configured credentials, else by the file that `GOOGLE_APPLICATION_CREDENTIALS` names,
 * else from the metadata server of Google Cloud, which is also that of workload identity in GKE.
 *
 * @param http Leads to Google's token endpoint.
 */
export function createGoogleTokens(
  configured: string | undefined,
  use: GoogleUse,
  http: HttpClient,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): GoogleTokens {
  const metadata = createMetadataClient();
  const fetchOne = async (signal: AbortSignal): Promise<Token> => {
    const text = configured ?? (await fileOf(environment['GOOGLE_APPLICATION_CREDENTIALS']));
    if (text === undefined) {
      const host = environment['GCE_METADATA_HOST'] || 'metadata.google.internal';
      return fromMetadata(metadata, host, use, signal);
    }
    const credentials = readGoogleCredentials(text);
    if (typeof credentials === 'string') throw unusable(`the credentials: it ${credentials}`);
    return fromCredentials(http, credentials, use, signal);
  };
  return { ...keepToken(fetchOne), close: () => metadata.close() };
}

async function fileOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined || path === '') return undefined;
  return readFile(path, 'utf8').catch(() => {
    throw unusable('the file that GOOGLE_APPLICATION_CREDENTIALS names cannot be read');
  });
}

function unusable(detail: string): Error {
  return retryError('network', 'auth', detail);
}

function fromCredentials(
  http: HttpClient,
  credentials: GoogleCredentials,
  use: GoogleUse,
  signal: AbortSignal,
): Promise<Token> {
  return credentials.kind === 'serviceAccount'
    ? fromServiceAccount(http, credentials, use, signal)
    : fromExternalAccount(http, credentials, use, signal);
}

const ASSERTION_S = 3600;

/** @see https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
function fromServiceAccount(
  http: HttpClient,
  { email, keyId, privateKey, tokenUrl }: ServiceAccount,
  use: GoogleUse,
  signal: AbortSignal,
): Promise<Token> {
  const issuedAt = Math.floor(Date.now() / 1000);
  const claims = {
    iss: email,
    ...('scope' in use ? { scope: use.scope } : { target_audience: use.audience }),
    aud: tokenUrl,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_S,
  };
  const parts = [{ alg: 'RS256', typ: 'JWT', kid: keyId }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signed = parts.join('.');
  const signature = sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url');
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: `${signed}.${signature}`,
  };
  const request = grantRequest(tokenUrl, form);
  if ('scope' in use) return fetchToken(http, request, signal);
  return fetchToken(http, request, signal, (answer) => [memberOf(answer, 'id_token'), ASSERTION_S]);
}

/** Token exchange (RFC 8693), and then, where the configuration says so, as a service account. */
async function fromExternalAccount(
  http: HttpClient,
  account: ExternalAccount,
  use: GoogleUse,
  signal: AbortSignal,
): Promise<Token> {
  const { tokenUrl, audience, subjectTokenType, impersonationUrl } = account;
  if ('audience' in use && impersonationUrl === undefined) {
    throw unusable('the credentials: an identity token needs service_account_impersonation_url');
  }
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience,
    scope: CLOUD_PLATFORM,
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token: await subjectToken(account),
    subject_token_type: subjectTokenType,
  };
  const federated = await fetchToken(http, grantRequest(tokenUrl, form), signal);
  if (impersonationUrl === undefined) return federated;
  return impersonated(http, impersonationUrl, federated.value, use, signal);
}

async function subjectToken({ file, member }: ExternalAccount): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    const token: unknown = member === undefined ? text : JSON.parse(text)[member];
    if (typeof token === 'string') return token.trim();
  } catch {
    // Said below: it may also be there without a token.
  }
  throw unusable(`the credentials: ${file} cannot be read, or has no token`);
}

/** @see https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts */
function impersonated(
  http: HttpClient,
  url: string,
  token: string,
  use: GoogleUse,
  signal: AbortSignal,
): Promise<Token> {
  const isAccess = 'scope' in use;
  const request = {
    method: 'POST',
    url: isAccess ? url : url.replace(/:generateAccessToken$/, ':generateIdToken'),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(
      isAccess ? { scope: [use.scope] } : { audience: use.audience, includeEmail: true },
    ),
  } as const;
  return fetchToken(http, request, signal, (answer) =>
    isAccess
      ? [memberOf(answer, 'accessToken'), secondsUntil(memberOf(answer, 'expireTime'))]
      : [memberOf(answer, 'token'), ASSERTION_S],
  );
}

/** @see https://cloud.google.com/compute/docs/access/authenticate-workloads */
function fromMetadata(
  metadata: HttpClient,
  host: string,
  use: GoogleUse,
  signal: AbortSignal,
): Promise<Token> {
  const account = `http://${host}/computeMetadata/v1/instance/service-accounts/default`;
  const headers = { 'metadata-flavor': 'Google' };
  if ('scope' in use) {
    const url = `${account}/token?scopes=${encodeURIComponent(use.scope)}`;
    return fetchToken(metadata, { url, headers }, signal);
  }
  const url = `${account}/identity?audience=${encodeURIComponent(use.audience)}&format=full`;
  return fetchToken(metadata, { url, headers }, signal, ({ text }) => [text.trim(), ASSERTION_S]);
}

function memberOf({ text }: HttpAnswer, name: string): unknown {
  return (JSON.parse(text) as Record<string, unknown> | null)?.[name];
}

function secondsUntil(time: unknown): number {
  return (Date.parse(String(time)) - Date.now()) / 1000 || 0;
}
