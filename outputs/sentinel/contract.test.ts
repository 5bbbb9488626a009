import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { verdictOf } from '../../test/contract/attempt.ts';
import { openOutput } from '../../test/support/open-output.ts';
import { type Received, type Reply, startDestination } from '../../test/contract/server.ts';
import { jsonReply } from '../../test/support/bulk-server.ts';
import sentinel from './index.ts';

const RULE = 'dcr-0123456789abcdef';
const SECRET = 'planted-secret+of/the=app';
const settings = (origin: string) => ({
  endpoint: origin,
  authority: origin,
  ruleId: RULE,
  tenantId: 'tenant',
  clientId: 'client',
  clientSecret: SECRET,
  compress: false,
});
const TOKEN_PATH = '/tenant/oauth2/v2.0/token';
const TOKEN = jsonReply({ access_token: 'planted.token', expires_in: 3599 });

/** Entra and Azure Monitor in one. */
async function place(
  t: TestContext,
  taken: (request: Received) => Reply,
  token: () => Reply = () => TOKEN,
) {
  const destination = await startDestination(t, (request) =>
    request.path === TOKEN_PATH ? token() : taken(request),
  );
  const { send } = await openOutput(t, sentinel, settings(destination.origin));
  return { destination, send };
}

test('sentinel: a token is fetched once, and goes with every request', async (t) => {
  const { destination, send } = await place(t, () => ({ status: 204 }));
  const deliveries = [1, 2].map((n) => deliveryOf(alertWith({ rule: `Rule ${n}` })));
  assert.equal(verdictOf(await send(deliveries)), 'delivered');
  assert.equal(verdictOf(await send(deliveries)), 'delivered');
  const [asked, ...sent] = destination.received as [Received, ...Received[]];
  assert.deepEqual(Object.fromEntries(new URLSearchParams(asked.body)), {
    grant_type: 'client_credentials',
    client_id: 'client',
    client_secret: SECRET,
    scope: 'https://monitor.azure.com/.default',
  });
  assert.equal(sent.length, 2);
  for (const { path, headers, body } of sent) {
    const expected = `/dataCollectionRules/${RULE}/streams/Custom-Falco_CL?api-version=2023-01-01`;
    assert.equal(path, expected);
    assert.equal(headers['authorization'], 'Bearer planted.token');
    const rules = (JSON.parse(body) as { Rule: string }[]).map(({ Rule }) => Rule);
    assert.deepEqual(rules, ['Rule 1', 'Rule 2']);
  }
});

const MEANINGS: readonly (readonly [reply: Reply, verdict: string])[] = [
  [{ status: 204 }, 'delivered'],
  [{ status: 200, body: 'ok' }, 'retry/client'],
  [{ status: 400, body: '{"error":{"code":"InvalidStream"}}' }, 'reject/payload'],
  [{ status: 401 }, 'retry/auth'],
  [{ status: 403 }, 'retry/auth'],
  [{ status: 404 }, 'retry/client'],
  [{ status: 413 }, 'reject/payload'],
  [{ status: 429, headers: { 'retry-after': '7' } }, 'retry/rateLimited'],
  [{ status: 503 }, 'retry/server'],
];

test('sentinel: each answer means what the reference says', async (t) => {
  let reply: Reply = { status: 204 };
  const { destination, send } = await place(t, () => reply);
  for (const [next, verdict] of MEANINGS) {
    reply = next;
    assert.equal(verdictOf(await send()), verdict, JSON.stringify(next));
  }
  // A token that was refused is not used again.
  const tokens = destination.received.filter(({ path }) => path === TOKEN_PATH);
  assert.equal(tokens.length, 3);
});

test('sentinel: without a token the alerts wait, and the secret is not told', async (t) => {
  const said = { status: 401, body: `{"error":"invalid_client","text":"${SECRET}"}` };
  const { send } = await place(
    t,
    () => ({ status: 204 }),
    () => said,
  );
  const result = await send();
  assert.equal(verdictOf(result), 'retry/auth');
  assert.ok(!JSON.stringify(result).includes(SECRET));
  assert.match(JSON.stringify(result), /invalid_client/);
});
