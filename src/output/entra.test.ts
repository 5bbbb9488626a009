import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { httpClient, verdictOf } from '../../test/contract/attempt.ts';
import { startDestination } from '../../test/contract/server.ts';
import { temporaryDirectory } from '../../test/support/queue-directory.ts';
import { createEntraTokens, entraMistakes } from './entra.ts';
import { resultOfError } from './http-result.ts';

const { signal } = new AbortController();
const RESOURCE = 'https://eventhubs.azure.net';
const granted = { status: 200, body: '{"access_token":"planted.token","expires_in":"3599"}' };

test('an application shows its secret, and keeps its token', async (t) => {
  const server = await startDestination(t, () => granted);
  const environment = { AZURE_AUTHORITY_HOST: `${server.origin}/` };
  const settings = { tenantId: 't-1', clientId: 'c-1', clientSecret: 'planted-secret' };
  const tokens = createEntraTokens(settings, RESOURCE, httpClient(t), environment);
  t.after(() => tokens.close());
  assert.equal(await tokens.token(signal), 'planted.token');
  assert.equal(await tokens.token(signal), 'planted.token');
  const [request] = server.received;
  assert.equal(server.received.length, 1);
  assert.equal(`${request?.method} ${request?.path}`, 'POST /t-1/oauth2/v2.0/token');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(request?.body)), {
    grant_type: 'client_credentials',
    client_id: 'c-1',
    scope: 'https://eventhubs.azure.net/.default',
    client_secret: 'planted-secret',
  });
});

test("a pod shows the token that Kubernetes gave it, by Azure's own variables", async (t) => {
  const server = await startDestination(t, () => granted);
  const file = join(temporaryDirectory(t), 'token');
  await writeFile(file, 'of-the-pod\n');
  const environment = {
    AZURE_AUTHORITY_HOST: server.origin,
    AZURE_TENANT_ID: 't-1',
    AZURE_CLIENT_ID: 'c-1',
    AZURE_FEDERATED_TOKEN_FILE: file,
  };
  const tokens = createEntraTokens({}, RESOURCE, httpClient(t), environment);
  t.after(() => tokens.close());
  assert.equal(await tokens.token(signal), 'planted.token');
  const form = new URLSearchParams(server.received[0]?.body);
  assert.equal(form.get('client_assertion'), 'of-the-pod');
});

test('else the machine has an identity', async (t) => {
  const server = await startDestination(t, ({ headers }) =>
    headers['metadata'] === 'true' ? granted : { status: 400 },
  );
  const environment = { AZURE_POD_IDENTITY_AUTHORITY_HOST: server.origin };
  const tokens = createEntraTokens({ clientId: 'c-1' }, RESOURCE, httpClient(t), environment);
  t.after(() => tokens.close());
  assert.equal(await tokens.token(signal), 'planted.token');
  const { pathname, searchParams } = new URL(server.received[0]?.path ?? '', server.origin);
  assert.equal(pathname, '/metadata/identity/oauth2/token');
  assert.deepEqual(
    [searchParams.get('resource'), searchParams.get('client_id')],
    [RESOURCE, 'c-1'],
  );
});

test('a refusal waits, and does not repeat the secret', async (t) => {
  const server = await startDestination(t, ({ body }) => ({ status: 400, body }));
  const environment = { AZURE_AUTHORITY_HOST: server.origin };
  const settings = { tenantId: 't-1', clientId: 'c-1', clientSecret: 'planted secret/+' };
  const tokens = createEntraTokens(settings, RESOURCE, httpClient(t), environment);
  t.after(() => tokens.close());
  const refused = await tokens.token(signal).then(() => assert.fail('a token'), resultOfError);
  assert.equal(verdictOf(refused), 'retry/auth');
  assert.doesNotMatch(JSON.stringify(refused), /planted/);
});

test('a secret is one of an application', () => {
  const paths = (own: object) => entraMistakes(own).map(({ path }) => path);
  assert.deepEqual(paths({ clientSecret: 's' }), ['tenantId', 'clientId']);
  assert.deepEqual(paths({ clientId: 'c' }), []);
});
