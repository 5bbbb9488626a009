import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { httpClient, verdictOf } from '../../test/contract/attempt.ts';
import { startDestination } from '../../test/contract/server.ts';
import { startGoogleAccount } from '../../test/support/google-account.ts';
import { temporaryDirectory } from '../../test/support/queue-directory.ts';
import { readGoogleCredentials } from './google-credentials.ts';
import { createGoogleTokens, type GoogleTokens, type GoogleUse } from './google-token.ts';
import { resultOfError } from './http-result.ts';

const { signal } = new AbortController();
const API = { scope: 'planted-scope' };
const SERVICE = { audience: 'https://service.example.org' };

function tokensOf(
  t: TestContext,
  configured: string | undefined,
  use: GoogleUse = API,
  environment: Record<string, string> = {},
): GoogleTokens {
  const tokens = createGoogleTokens(configured, use, httpClient(t), environment);
  t.after(() => tokens.close());
  return tokens;
}

test('a service account signs for its token, and keeps it while it is valid', async (t) => {
  const account = await startGoogleAccount();
  for (const key of [account.key, Buffer.from(account.key).toString('base64')]) {
    const tokens = tokensOf(t, key);
    assert.equal(await tokens.token(signal), account.accessToken);
    assert.equal(await tokens.token(signal), account.accessToken);
  }
  assert.equal(account.claims.length, 2);
  const { iat, exp, ...claims } = account.claims[0] ?? {};
  assert.deepEqual(claims, {
    iss: 'hub@my-project.iam.gserviceaccount.com',
    scope: 'planted-scope',
    aud: `${account.origin}/token`,
  });
  assert.equal(Number(exp) - Number(iat), 3600);
});

test('a service of ones own gets an identity token for itself', async (t) => {
  const account = await startGoogleAccount();
  assert.equal(await tokensOf(t, account.key, SERVICE).token(signal), account.accessToken);
  assert.equal(account.claims[0]?.['target_audience'], SERVICE.audience);
});

test('without credentials the metadata server is asked', async (t) => {
  const server = await startDestination(t, ({ path, headers }) => {
    if (headers['metadata-flavor'] !== 'Google') return { status: 403 };
    const isToken = path.includes('/token?');
    const granted = JSON.stringify({ access_token: 'from-metadata', expires_in: 300 });
    return { status: 200, body: isToken ? granted : 'an.identity.token\n' };
  });
  const environment = { GCE_METADATA_HOST: new URL(server.origin).host };
  assert.equal(await tokensOf(t, undefined, API, environment).token(signal), 'from-metadata');
  const identity = tokensOf(t, undefined, SERVICE, environment);
  assert.equal(await identity.token(signal), 'an.identity.token');
  const account = '/computeMetadata/v1/instance/service-accounts/default';
  assert.deepEqual(
    server.received.map(({ path }) => path),
    [
      `${account}/token?scopes=planted-scope`,
      `${account}/identity?audience=https%3A%2F%2Fservice.example.org&format=full`,
    ],
  );
});

test('a token of the cluster is exchanged, and then stands for a service account', async (t) => {
  const directory = temporaryDirectory(t);
  const server = await startDestination(t, ({ path }) => {
    const expireTime = new Date(Date.now() + 600_000).toISOString();
    if (path === '/exchange') {
      return { status: 200, body: '{"access_token":"federated","expires_in":600}' };
    }
    const isAccess = path.endsWith(':generateAccessToken');
    const given = isAccess ? { accessToken: 'impersonated', expireTime } : { token: 'an.id' };
    return { status: 200, body: JSON.stringify(given) };
  });
  const file = join(directory, 'token.json');
  await writeFile(file, '{"t":"of-the-cluster"}');
  const configuration = {
    type: 'external_account',
    audience:
      '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${server.origin}/exchange`,
    credential_source: { file, format: { type: 'json', subject_token_field_name: 't' } },
    service_account_impersonation_url: `${server.origin}/v1/hub:generateAccessToken`,
  };
  const path = join(directory, 'adc.json');
  await writeFile(path, JSON.stringify(configuration));
  const environment = { GOOGLE_APPLICATION_CREDENTIALS: path };
  assert.equal(await tokensOf(t, undefined, API, environment).token(signal), 'impersonated');
  const [exchange, impersonate] = server.received;
  const form = new URLSearchParams(exchange?.body);
  assert.deepEqual(
    [form.get('subject_token'), form.get('audience')],
    ['of-the-cluster', configuration.audience],
  );
  assert.equal(impersonate?.headers['authorization'], 'Bearer federated');
  const identity = tokensOf(t, JSON.stringify(configuration), SERVICE);
  assert.equal(await identity.token(signal), 'an.id');
});

test('whoever does not get a token waits, and hears nothing of the credentials', async (t) => {
  const account = await startGoogleAccount();
  const other = await startGoogleAccount();
  const foreign = account.key.replaceAll(account.origin, other.origin);
  for (const [configured, environment] of [
    [foreign, {}],
    ['{"type":"authorized_user"}', {}],
    [undefined, { GOOGLE_APPLICATION_CREDENTIALS: '/nowhere/adc.json' }],
  ] as const) {
    const refused = await tokensOf(t, configured, API, environment)
      .token(signal)
      .then(() => assert.fail('a token'), resultOfError);
    assert.equal(verdictOf(refused), 'retry/auth');
    assert.doesNotMatch(JSON.stringify(refused), /PRIVATE|assertion|eyJ/);
  }
});

test('what is wrong with credentials is said without quoting them', async () => {
  const { key } = await startGoogleAccount();
  const changed = (change: object) => JSON.stringify({ ...JSON.parse(key), ...change });
  for (const [text, said] of [
    ['planted-nonsense', /is not the JSON/],
    ['{"type":"service_account"}', /no client_email/],
    [changed({ private_key: 'planted' }), /private_key that cannot be read/],
    [
      '{"type":"external_account","credential_source":{"url":"http://x"}}',
      /credential_source.file/,
    ],
  ] as const) {
    const read = readGoogleCredentials(text);
    assert.match(JSON.stringify(read), said);
    assert.doesNotMatch(JSON.stringify(read), /planted/);
  }
});
