import { readFile } from 'node:fs/promises';
import { awsHost } from './aws-settings.ts';
import { retryError } from './http-error.ts';
import type { HttpAnswer, HttpClient } from './http.ts';
import { resultOfStatus } from './http-result.ts';
import type { Environment } from './proxy.ts';
import { type AwsCredentials, signedRequest } from './sigv4.ts';

/** AWS Security Token Service: temporary credentials for a token or for other credentials. */

export interface TemporaryCredentials extends AwsCredentials {
  /** When they cease to be good, in ms since 1970. */
  readonly expiresAtMs: number;
}

/** What is asked of STS, and where. */
export interface StsRequest {
  readonly region: string;
  /** `Action` and its parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What signs the request; AssumeRoleWithWebIdentity is not signed. */
  readonly credentials?: AwsCredentials;
  readonly signal: AbortSignal;
}

/** Asks STS for credentials. Rejects with `HttpError`, which quotes no more than AWS's code. */
export async function askSts(
  http: HttpClient,
  environment: Environment,
  { region, parameters, credentials, signal }: StsRequest,
): Promise<TemporaryCredentials> {
  const url = environment.AWS_ENDPOINT_URL_STS || `https://${awsHost('sts', region)}/`;
  const body = new URLSearchParams({ Version: '2011-06-15', ...parameters }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const request = { method: 'POST' as const, url, headers, body, signal };
  const answer = await http.request(
    credentials === undefined
      ? request
      : signedRequest(request, { service: 'sts', region }, credentials),
  );
  if (answer.status !== 200) throw refusedBySts(answer, parameters.Action ?? '');
  const { text } = answer;
  return readTemporary({
    AccessKeyId: elementIn(text, 'AccessKeyId'),
    SecretAccessKey: elementIn(text, 'SecretAccessKey'),
    SessionToken: elementIn(text, 'SessionToken'),
    Expiration: elementIn(text, 'Expiration'),
  });
}

/** A token that the platform keeps in a file and renews: so it is read each time. */
export async function tokenIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw awsError(`the token in ${file} cannot be read`);
  }
}

/** Where no credentials are to be had: the lane waits, and says why. */
export function awsError(detail: string): Error {
  return retryError('network', 'auth', `AWS credentials: ${detail}`);
}

/** Checked, since they go into headers. */
export function readTemporary(answer: Readonly<Record<string, unknown>>): TemporaryCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer;
  const texts = [AccessKeyId, SecretAccessKey, SessionToken];
  const expiresAtMs = Date.parse(String(Expiration));
  if (!texts.every(isPrintable) || Number.isNaN(expiresAtMs)) {
    throw awsError('the answer has none');
  }
  const [accessKeyId = '', secretAccessKey = '', sessionToken = ''] = texts;
  return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs };
}

function isPrintable(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

/** None of these texts holds a character that XML would escape. */
function elementIn(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.trim();
}

function refusedBySts(answer: HttpAnswer, action: string): Error {
  const { reason } = { reason: 'auth' as const, ...resultOfStatus(answer) };
  const code = elementIn(answer.text, 'Code') ?? '';
  const why = /^\w{1,64}$/.test(code) ? ` ${code}` : '';
  const isPassing = reason === 'server' || reason === 'rateLimited' || reason === 'timeout';
  const detail = `AWS credentials: STS refuses ${action}: HTTP ${answer.status}${why}`;
  return retryError('network', isPassing ? reason : 'auth', detail);
}
