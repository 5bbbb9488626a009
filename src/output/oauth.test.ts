import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { httpClient, verdictOf } from '../../test/contract/attempt.ts';
import { type Reply, startDestination } from '../../test/contract/server.ts';
import { resultOfError } from './http.ts';
import { tokenOrGrant } from './oauth.ts';

function answer(expiresIn: unknown, token = 'abc.def'): Reply {
  return { status: 200, body: JSON.stringify({ access_token: token, expires_in: expiresIn }) };
}

const { signal } = new AbortController();

async function start(t: TestContext, reply: () => Reply) {
  const endpoint = await startDestination(t, reply);
  const settings = {
    tokenUrl: `${endpoint.origin}/token`,
    clientId: 'hub:1',
    clientSecret: 'planted secret/+',
    scope: 'kafka write',
  } as const;
  return { endpoint, tokens: tokenOrGrant(httpClient(t), settings) };
}

test('a token is asked for by the client credentials grant', async (t) => {
  const { endpoint, tokens } = await start(t, () => answer(3600));
  assert.equal(await tokens.token(signal), 'abc.def');
  const [request] = endpoint.received;
  assert.equal(request?.body, 'grant_type=client_credentials&scope=kafka+write');
  assert.equal(request?.headers['content-type'], 'application/x-www-form-urlencoded');
  const credentials = (request?.headers['authorization'] ?? '').replace('Basic ', '');
  const [id, secret] = Buffer.from(credentials, 'base64').toString().split(':');
  assert.deepEqual([id, secret], ['hub%3A1', 'planted+secret%2F%2B']);
});

test('a token is kept while it is valid, and until a broker does not like it', async (t) => {
  let count = 0;
  const { endpoint, tokens } = await start(t, () => answer(3600, `token-${(count += 1)}`));
  assert.deepEqual(
    [await tokens.token(signal), await tokens.token(signal)],
    ['token-1', 'token-1'],
  );
  tokens.forget();
  assert.equal(await tokens.token(signal), 'token-2');
  assert.equal(endpoint.received.length, 2);
});

for (const expiresIn of [undefined, 0, -5, 'soon', null]) {
  test(`a token that is valid for ${expiresIn} is used once`, async (t) => {
    const { endpoint, tokens } = await start(t, () => answer(expiresIn));
    await tokens.token(signal);
    await tokens.token(signal);
    assert.equal(endpoint.received.length, 2);
  });
}

for (const [what, reply, verdict] of [
  ['refuses', { status: 400, body: '{"error":"invalid_client"}' }, 'retry/auth'],
  ['wants other credentials', { status: 401 }, 'retry/auth'],
  ['fails', { status: 503 }, 'retry/server'],
  ['answers with a page', { status: 200, body: '<html>' }, 'retry/auth'],
  ['answers with null', { status: 200, body: 'null' }, 'retry/auth'],
  ['answers without a token', { status: 200, body: '{"token":"abc"}' }, 'retry/auth'],
  ['answers with more than a token', answer(60, 'abc\u0001auth=x'), 'retry/auth'],
  ['cuts the connection', 'reset', 'retry/network'],
] as const) {
  test(`an endpoint that ${what} is ${verdict}`, async (t) => {
    const { tokens } = await start(t, () => reply);
    const error: unknown = await tokens.token(signal).then(
      () => assert.fail('a token'),
      (reason: unknown) => reason,
    );
    const result = resultOfError(error);
    assert.equal(verdictOf(result), verdict);
    assert.doesNotMatch(JSON.stringify(result), /planted|abc/);
  });
}

test('an endpoint that hangs is left when the session ends', async (t) => {
  const { tokens } = await start(t, () => 'hang');
  await assert.rejects(tokens.token(AbortSignal.timeout(50)), /no answer in time/);
});

test('a configured token needs no endpoint', async (t) => {
  const tokens = tokenOrGrant(httpClient(t), { token: 'abc' });
  assert.equal(await tokens.token(signal), 'abc');
});
