import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  type Received,
  soon,
  startClient,
  startDestination,
} from '../../test/support/http-destination.ts';
import { createAwsSigner } from './aws-credentials.ts';
import { awsHost, type AwsSettings, checkAwsSettings } from './aws-settings.ts';
import type { Environment } from './proxy.ts';
import { resultOfError } from './http-result.ts';

const HOUR_MS = 3_600_000;
const FIXED = { accessKeyId: 'AKIAFIXED', secretAccessKey: 'fixed-secret' };
const REQUEST = { url: 'https://sqs.eu-central-1.amazonaws.com/', signal: soon() };

function signerOf(context: TestContext, environment: Environment, settings: AwsSettings = {}) {
  return createAwsSigner({
    settings: { region: 'eu-central-1', ...settings },
    service: 'sqs',
    http: startClient(context),
    environment,
  });
}

async function keyOf(signer: ReturnType<typeof signerOf>): Promise<string> {
  const { headers = {} } = await signer.signed(REQUEST);
  const key = /Credential=(\w+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  return `${key} ${headers['x-amz-security-token'] ?? 'without token'}`;
}

function fileWith(context: TestContext, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'aws-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'token');
  writeFileSync(file, text);
  return file;
}

function xmlAnswer(key: string, expiresMs: number): string {
  const expiration = new Date(expiresMs).toISOString();
  return `<R><Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>s/+=</SecretAccessKey>
    <SessionToken>token-of-${key}</SessionToken><Expiration>${expiration}</Expiration></Credentials></R>`;
}

function jsonAnswer(key: string): string {
  const Expiration = new Date(Date.now() + HOUR_MS).toISOString();
  return JSON.stringify({
    AccessKeyId: key,
    SecretAccessKey: 's',
    Token: `token-of-${key}`,
    Expiration,
  });
}

test('the settings come before the environment, and that before all else', async (context) => {
  const environment = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'x' };
  assert.equal(await keyOf(signerOf(context, environment, FIXED)), 'AKIAFIXED without token');
  const withToken = { ...environment, AWS_SESSION_TOKEN: 'session' };
  assert.equal(await keyOf(signerOf(context, withToken)), 'AKIAENV session');
});

test('IRSA: the token in the file is given to STS, unsigned, for credentials that are kept', async (context) => {
  const sts = await startDestination(context, (response) =>
    response.end(xmlAnswer('ASIAIRSA', Date.now() + HOUR_MS)),
  );
  const signer = signerOf(context, {
    AWS_WEB_IDENTITY_TOKEN_FILE: fileWith(context, 'a.jwt.token\n'),
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/tocsin',
    AWS_ENDPOINT_URL_STS: sts.origin,
  });
  assert.equal(await keyOf(signer), 'ASIAIRSA token-of-ASIAIRSA');
  assert.equal(await keyOf(signer), 'ASIAIRSA token-of-ASIAIRSA');
  const [asked, ...more] = sts.requests as [Received, ...Received[]];
  assert.equal(more.length, 0);
  assert.equal(asked.headers.authorization, undefined);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(asked.body)), {
    Version: '2011-06-15',
    Action: 'AssumeRoleWithWebIdentity',
    RoleArn: 'arn:aws:iam::123456789012:role/tocsin',
    RoleSessionName: 'tocsin',
    WebIdentityToken: 'a.jwt.token',
  });
  signer.forget();
  await keyOf(signer);
  assert.equal(sts.requests.length, 2);
});

test('credentials that are about to end are renewed, and used on where that fails', async (context) => {
  let answered = 0;
  const sts = await startDestination(context, (response) => {
    answered += 1;
    if (answered > 2) response.statusCode = 503;
    response.end(answered > 2 ? '' : xmlAnswer(`ASIA${answered}`, Date.now() + 60_000));
  });
  const signer = signerOf(context, {
    AWS_WEB_IDENTITY_TOKEN_FILE: fileWith(context, 'a.jwt.token'),
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/tocsin',
    AWS_ENDPOINT_URL_STS: sts.origin,
  });
  const keys = [await keyOf(signer), await keyOf(signer), await keyOf(signer)];
  assert.deepEqual(
    keys.map((key) => key.split(' ')[0]),
    ['ASIA1', 'ASIA2', 'ASIA2'],
  );
  assert.equal(answered, 3);
});

test('a role is assumed with the fixed key, and asked for with the external ID', async (context) => {
  const sts = await startDestination(context, (response) =>
    response.end(xmlAnswer('ASIAROLE', Date.now() + HOUR_MS)),
  );
  const role = { roleArn: 'arn:aws:iam::123456789012:role/soc', externalId: 'of-the-soc' };
  const signer = signerOf(context, { AWS_ENDPOINT_URL_STS: sts.origin }, { ...FIXED, ...role });
  assert.equal(await keyOf(signer), 'ASIAROLE token-of-ASIAROLE');
  const [asked] = sts.requests as [Received];
  assert.match(asked.headers.authorization ?? '', /Credential=AKIAFIXED\/\d+\/eu-central-1\/sts\//);
  assert.equal(new URLSearchParams(asked.body).get('ExternalId'), 'of-the-soc');
});

test("EKS Pod Identity: the agent is asked with the pod's token", async (context) => {
  const agent = await startDestination(context, (response) => response.end(jsonAnswer('ASIAPOD')));
  const signer = signerOf(context, {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${agent.origin}/v1/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: fileWith(context, 'pod-token'),
  });
  assert.equal(await keyOf(signer), 'ASIAPOD token-of-ASIAPOD');
  assert.equal(agent.requests[0]?.headers.authorization, 'pod-token');
});

test('the token is given to no other host', async (context) => {
  const signer = signerOf(context, {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://198.51.100.7/v1/credentials',
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'pod-token',
  });
  await assert.rejects(keyOf(signer), /not the agent of this host/);
});

test('EC2: IMDSv2 is asked for a token, the role and its credentials', async (context) => {
  const answers: Record<string, string> = {
    'PUT /latest/api/token': 'imds-token',
    'GET /latest/meta-data/iam/security-credentials/': 'node-role',
    'GET /latest/meta-data/iam/security-credentials/node-role': jsonAnswer('ASIAEC2'),
  };
  const imds = await startDestination(context, (response, { method, url }) =>
    response.end(answers[`${method} ${url}`]),
  );
  const signer = signerOf(context, { AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.origin });
  assert.equal(await keyOf(signer), 'ASIAEC2 token-of-ASIAEC2');
  const tokens = imds.requests.map(({ headers }) => headers['x-aws-ec2-metadata-token']);
  assert.deepEqual(tokens, [undefined, 'imds-token', 'imds-token']);
});

test('no credentials anywhere: the delivery waits, and it is said what to do', async (context) => {
  const signer = signerOf(context, { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' });
  const result = await keyOf(signer).catch(resultOfError);
  assert.deepEqual(result, {
    outcome: 'retry',
    reason: 'auth',
    detail:
      'AWS credentials: none are to be had: set accessKeyId and secretAccessKey, or give the pod or machine a role',
  });
});

test('STS says no: its code is told, and neither token nor answer', async (context) => {
  const sts = await startDestination(context, (response, { body }) => {
    response.statusCode = 403;
    response.end(`<Error><Code>InvalidIdentityToken</Code><Message>${body}</Message></Error>`);
  });
  const signer = signerOf(context, {
    AWS_WEB_IDENTITY_TOKEN_FILE: fileWith(context, 'a.jwt.token'),
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/tocsin',
    AWS_ENDPOINT_URL_STS: sts.origin,
  });
  assert.deepEqual(await keyOf(signer).catch(resultOfError), {
    outcome: 'retry',
    reason: 'auth',
    detail: 'AWS credentials: STS refuses AssumeRoleWithWebIdentity: HTTP 403 InvalidIdentityToken',
  });
});

test('what a service calls expired is not used again', async (context) => {
  let key = 'ASIAOLD';
  const sts = await startDestination(context, (response) =>
    response.end(xmlAnswer(key, Date.now() + HOUR_MS)),
  );
  const service = await startDestination(context, (response, { headers }) => {
    const isOld = headers.authorization?.includes('ASIAOLD') === true;
    response.statusCode = isOld ? 403 : 200;
    response.end(isOld ? '{"__type":"ExpiredTokenException"}' : '');
  });
  const signer = signerOf(context, {
    AWS_WEB_IDENTITY_TOKEN_FILE: fileWith(context, 'a.jwt.token'),
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/tocsin',
    AWS_ENDPOINT_URL_STS: sts.origin,
  });
  const request = { url: service.origin, signal: soon() };
  assert.equal((await signer.request(request)).status, 403);
  key = 'ASIANEW';
  assert.equal((await signer.request(request)).status, 200);
});

test('the region comes from the settings or the environment', (context) => {
  const settings = { region: undefined };
  const of = (environment: Environment) => signerOf(context, environment, settings).region();
  assert.equal(of({ AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' }), 'us-east-1');
  assert.equal(of({ AWS_DEFAULT_REGION: 'us-east-2' }), 'us-east-2');
  assert.throws(() => of({}), /no region: set region, or AWS_REGION/);
  assert.equal(awsHost('sqs', 'eu-central-1'), 'sqs.eu-central-1.amazonaws.com');
  assert.equal(awsHost('sqs', 'cn-north-1'), 'sqs.cn-north-1.amazonaws.com.cn');
});

test('half of a key, and an external ID without a role, are mistakes', () => {
  const paths = (settings: AwsSettings) => checkAwsSettings(settings).map(({ path }) => path);
  assert.deepEqual(paths(FIXED), []);
  assert.deepEqual(paths({ accessKeyId: 'AKIA' }), ['secretAccessKey']);
  assert.deepEqual(paths({ secretAccessKey: 's' }), ['accessKeyId']);
  assert.deepEqual(paths({ externalId: 'x' }), ['roleArn']);
});
