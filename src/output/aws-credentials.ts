import { containerCredentials, instanceCredentials } from './aws-metadata.ts';
import { awsRegion, type AwsSettings } from './aws-settings.ts';
import { askSts, awsError, type TemporaryCredentials, tokenIn } from './aws-sts.ts';
import { HttpError } from './http-error.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './http.ts';
import { createMetadataClient } from './metadata.ts';
import type { Environment } from './proxy.ts';
import { type AwsCredentials, signedRequest } from './sigv4.ts';

/** Signs requests to one service of AWS with credentials that are kept while they are good. */
export interface AwsSigner {
  /** The region of the settings or of the environment. Throws `HttpError` where there is none. */
  region(): string;
  /** Signs and sends. Rejects with what `resultOfError` understands. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** The same request with the headers that sign it, for whoever sends it himself. */
  signed(request: HttpRequest): Promise<HttpRequest>;
  /** Forgets the credentials at hand: AWS did not like them. */
  forget(): void;
}

export interface AwsSignerOptions {
  readonly settings: AwsSettings;
  /** As AWS names it in signatures: `s3`, `sqs`, `es`, `aoss`, `logs`. */
  readonly service: string;
  /** The output's own. */
  readonly http: HttpClient;
  /** What EKS, ECS and people set for AWS's own programs; those of the process. */
  readonly environment?: Environment;
}

/**
 * Credentials come from, in this order: the settings, `AWS_ACCESS_KEY_ID`, a web identity token
 * (IRSA), the container agent (EKS Pod Identity, ECS), the EC2 machine (IMDSv2). With `roleArn` they
 * serve to assume that role.
 */
export function createAwsSigner(options: AwsSignerOptions): AwsSigner {
  const { settings, service, http, environment = process.env } = options;
  let kept: Kept | undefined;

  function region(): string {
    const known = awsRegion(settings, environment);
    if (known !== undefined) return known;
    throw awsError('no region: set region, or AWS_REGION');
  }

  async function credentials(signal: AbortSignal): Promise<AwsCredentials> {
    const now = Date.now();
    if (kept !== undefined && now < kept.expiresAtMs - MARGIN_MS) return kept;
    try {
      kept = await obtained({ settings, region: region(), http, environment }, signal);
    } catch (error) {
      // The last minutes are for this: whoever gives credentials may be away for a moment.
      if (kept === undefined || now >= kept.expiresAtMs) throw error;
    }
    return kept;
  }

  async function signed(request: HttpRequest): Promise<HttpRequest> {
    const scope = { service, region: region() };
    return signedRequest(request, scope, await credentials(request.signal));
  }

  return {
    region,
    signed,
    async request(request) {
      const answer = await http.request(await signed(request));
      if (isAboutCredentials(answer)) kept = undefined;
      return answer;
    },
    forget() {
      kept = undefined;
    },
  };
}

type Kept = AwsCredentials & { readonly expiresAtMs: number };

/** AWS gives out new ones at least this long before the old ones end. */
const MARGIN_MS = 5 * 60_000;

/** What AWS answers with 400 or 403 when new credentials may help. */
const STALE = /ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId/;

function isAboutCredentials({ status, text }: HttpAnswer): boolean {
  return (status === 400 || status === 403) && STALE.test(text);
}

interface Origin {
  readonly settings: AwsSettings;
  readonly region: string;
  readonly http: HttpClient;
  readonly environment: Environment;
}

async function obtained(origin: Origin, signal: AbortSignal): Promise<Kept> {
  const base = fixedCredentials(origin) ?? (await givenCredentials(origin, signal));
  const { settings, region, http, environment } = origin;
  const { roleArn, externalId } = settings;
  if (roleArn === undefined) return base;
  const parameters = {
    Action: 'AssumeRole',
    RoleArn: roleArn,
    RoleSessionName: SESSION_NAME,
    ...(externalId !== undefined && { ExternalId: externalId }),
  };
  return askSts(http, environment, { region, parameters, credentials: base, signal });
}

const SESSION_NAME = 'tocsin';

function fixedCredentials({ settings, environment }: Origin): Kept | undefined {
  const expiresAtMs = Number.POSITIVE_INFINITY;
  const { accessKeyId, secretAccessKey, sessionToken } = settings;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs };
  }
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = environment;
  if (!id || !secret) return undefined;
  const token = environment.AWS_SESSION_TOKEN || undefined;
  return { accessKeyId: id, secretAccessKey: secret, sessionToken: token, expiresAtMs };
}

async function givenCredentials(origin: Origin, signal: AbortSignal) {
  const forToken = await webIdentityCredentials(origin, signal);
  if (forToken !== undefined) return forToken;
  const { environment } = origin;
  const metadata = createMetadataClient();
  try {
    return (
      (await containerCredentials(metadata, environment, signal)) ??
      (await machineCredentials(metadata, environment, signal))
    );
  } finally {
    await metadata.close();
  }
}

/** IRSA: the token of the pod's service account, read each time, since it is renewed. */
async function webIdentityCredentials(
  { region, http, environment }: Origin,
  signal: AbortSignal,
): Promise<TemporaryCredentials | undefined> {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: roleArn } = environment;
  if (!file || !roleArn) return undefined;
  const parameters = {
    Action: 'AssumeRoleWithWebIdentity',
    RoleArn: roleArn,
    RoleSessionName: environment.AWS_ROLE_SESSION_NAME || SESSION_NAME,
    WebIdentityToken: await tokenIn(file),
  };
  return askSts(http, environment, { region, parameters, signal });
}

async function machineCredentials(
  metadata: HttpClient,
  environment: Environment,
  signal: AbortSignal,
): Promise<TemporaryCredentials> {
  if (environment.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') throw nowhere();
  try {
    return await instanceCredentials(metadata, environment, signal);
  } catch (error) {
    if (signal.aborted || !isAbsence(error)) throw error;
    throw nowhere();
  }
}

/** Nothing answers there: this is no EC2 machine. */
function isAbsence(error: unknown): boolean {
  return error instanceof HttpError && error.failure.reason !== 'auth';
}

function nowhere(): Error {
  const remedy = 'set accessKeyId and secretAccessKey, or give the pod or machine a role';
  return awsError(`none are to be had: ${remedy}`);
}
