import { objectIn } from './answer.ts';
import { awsError, readTemporary, type TemporaryCredentials, tokenIn } from './aws-sts.ts';
import { hostOf, parseHttpUrl } from './http-url.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './http.ts';
import type { Environment } from './proxy.ts';

/** Credentials that the platform gives to whoever asks from the right place. */

/** Where the agents of EC2, ECS and EKS listen, over IPv4 and IPv6. */
const ADDRESSES: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  'fd00:ec2::254',
  'fd00:ec2::23',
]);

/** They answer at once, or are not there. */
const ANSWER_MS_MAX = 2000;

/** The agent of ECS and EKS Pod Identity; undefined where the environment names none. */
export async function containerCredentials(
  http: HttpClient,
  environment: Environment,
  signal: AbortSignal,
): Promise<TemporaryCredentials | undefined> {
  const url = containerUrl(environment);
  if (url === undefined) return undefined;
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } =
    environment;
  const authorization = file ? await tokenIn(file) : token;
  const headers = authorization ? { authorization } : {};
  return credentialsIn(await ask(http, { url, headers, signal }, 'the container agent'));
}

/** Who asks it sends a token along, so the environment may not send us anywhere. */
function containerUrl({
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: full,
}: Environment): string | undefined {
  if (path) return `http://169.254.170.2/${path.replace(/^\/+/, '')}`;
  if (!full) return undefined;
  const url = parseHttpUrl(full);
  if (url?.protocol === 'https:' || (url !== undefined && isOfThisHost(hostOf(url)))) return full;
  throw awsError('AWS_CONTAINER_CREDENTIALS_FULL_URI is not https: and not the agent of this host');
}

function isOfThisHost(host: string): boolean {
  return ADDRESSES.has(host) || /^(?:127(?:\.\d+){3}|::1|localhost)$/.test(host);
}

/** The role of an EC2 machine, by IMDSv2. */
export async function instanceCredentials(
  http: HttpClient,
  environment: Environment,
  signal: AbortSignal,
): Promise<TemporaryCredentials> {
  const origin = environment.AWS_EC2_METADATA_SERVICE_ENDPOINT || 'http://169.254.169.254';
  const urlOf = (path: string): string => new URL(path, origin).href;
  const said = 'the metadata service of EC2';
  const token = await ask(
    http,
    {
      method: 'PUT',
      url: urlOf('/latest/api/token'),
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '300' },
      signal,
    },
    said,
  );
  const headers = { 'x-aws-ec2-metadata-token': token.text.trim() };
  const path = '/latest/meta-data/iam/security-credentials/';
  const roles = await ask(http, { url: urlOf(path), headers, signal }, said);
  const [role = ''] = roles.text.trim().split('\n');
  const url = urlOf(path + encodeURIComponent(role));
  return credentialsIn(await ask(http, { url, headers, signal }, said));
}

async function ask(http: HttpClient, request: HttpRequest, who: string): Promise<HttpAnswer> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
  const answer = await http.request({ ...request, signal });
  if (answer.status === 200) return answer;
  throw awsError(`${who} answers HTTP ${answer.status}: has this pod or machine a role?`);
}

function credentialsIn(answer: HttpAnswer): TemporaryCredentials {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = objectIn(answer);
  return readTemporary({ AccessKeyId, SecretAccessKey, SessionToken: Token, Expiration });
}
