import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { verdictOf } from '../../test/contract/attempt.ts';
import { type Answer, createNats, type NatsReceived } from '../../test/support/nats-server.ts';
import { numbered, openOutput } from '../../test/support/open-output.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import nats from './index.ts';

async function start(t: TestContext, raw: object = {}) {
  const peer = createNats();
  const server = await startTcpServer(t, peer.serve);
  const settings = { servers: [server.address], plaintext: true, ...raw };
  return { peer, server, ...(await openOutput(t, nats, settings)) };
}

const apiError = (code: number, err_code: number, description: string): Answer => ({
  data: JSON.stringify({ error: { code, err_code, description }, stream: 'FALCO', seq: 0 }),
});

const ANSWERS: readonly (readonly [what: string, answer: Answer, verdict: string])[] = [
  ['no stream', { status: 503 }, 'retry/client'],
  ['a stream that is full', apiError(503, 10_077, 'maximum messages exceeded'), 'retry/server'],
  ['too large', apiError(400, 10_054, 'message size exceeds maximum allowed'), 'reject/payload'],
  ['another stream', apiError(400, 10_060, 'expected stream does not match'), 'retry/client'],
  ['somebody who listens', { data: 'thanks!' }, 'retry/client'],
  ['somebody who sends JSON', { data: 'null' }, 'retry/client'],
  ['somebody who sends a list', { data: '[]' }, 'retry/client'],
  ['an error without a code', { data: '{"error":{}}' }, 'retry/client'],
  ['a duplicate', { data: '{"stream":"F","seq":7,"duplicate":true}' }, 'delivered'],
];

for (const [what, answer, verdict] of ANSWERS) {
  test(`the answer of ${what}: ${verdict}`, async (t) => {
    const { peer, send } = await start(t);
    peer.answer = () => answer;
    assert.equal(verdictOf(await send()), verdict);
    peer.answer = () => undefined;
    assert.equal(verdictOf(await send()), 'delivered');
  });
}

test('an alert that the stream refuses is the one that is refused', async (t) => {
  const { peer, send } = await start(t);
  const isSeventh = ({ data }: NatsReceived): boolean => data.includes('"number 7."');
  peer.answer = (one) => (isSeventh(one) ? apiError(400, 10_054, 'too large') : undefined);
  const result = await send(numbered(20));
  assert.ok(result.outcome === 'partial');
  const verdicts = result.results.map(verdictOf);
  assert.deepEqual(
    verdicts,
    verdicts.map((_, n) => (n === 7 ? 'reject/payload' : 'delivered')),
  );
});

for (const mode of ['core', 'jetstream']) {
  test(`${mode}: an alert larger than the server takes is not sent`, async (t) => {
    const { peer, send } = await start(t, { mode });
    peer.info['max_payload'] = 1500;
    const large = deliveryOf(alertWith({ output: 'x'.repeat(2000) }));
    const result = await send([...numbered(1), large, ...numbered(1)]);
    assert.equal(verdictOf(result), 'delivered, reject/payload');
    assert.equal(peer.taken.length, 2);
  });

  test(`${mode}: a subject that the user may not use holds up no other`, async (t) => {
    const { peer, send } = await start(t, { mode });
    peer.answer = ({ subject }) =>
      subject.includes('.secret')
        ? { error: `Permissions Violation for Publish to "${subject}"` }
        : undefined;
    const secret = deliveryOf(alertWith({ rule: 'Secret' }));
    const result = await send([...numbered(2), secret, ...numbered(1, 2)]);
    assert.ok(result.outcome === 'partial');
    assert.deepEqual(result.results.map(verdictOf), [
      'delivered',
      'delivered',
      'retry/auth',
      'delivered',
    ]);
  });

  test(`${mode}: the last word of a server before the end is told`, async (t) => {
    const { peer, send } = await start(t, { mode });
    peer.answer = () => ({ error: 'User Authentication Expired' });
    const result = await send(numbered(3));
    assert.equal(verdictOf(result), 'retry/auth');
    assert.match(JSON.stringify(result), /User Authentication Expired/);
  });
}

const SEED = 'SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY';
const JWT = 'eyJ0eXAi.eyJqdGki.c2ln';
const CREDENTIALS = `-----BEGIN NATS USER JWT-----\n${JWT}\n------END NATS USER JWT------
-----BEGIN USER NKEY SEED-----\n${SEED}\n------END USER NKEY SEED------\n`;

const LOGINS: readonly (readonly [settings: object, login: object])[] = [
  [
    { username: 'falco', password: 'planted-secret' },
    { user: 'falco', pass: 'planted-secret' },
  ],
  [{ token: 'planted-token' }, { auth_token: 'planted-token' }],
  [{ nkeySeed: SEED }, { nkey: 'UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4' }],
  [{ credentials: CREDENTIALS }, { jwt: JWT }],
];

for (const [settings, login] of LOGINS) {
  test(`a login by ${Object.keys(settings).join(' and ')}`, async (t) => {
    const { peer, send } = await start(t, settings);
    peer.info['nonce'] = 'a-nonce';
    peer.login = login as Record<string, unknown>;
    assert.equal(verdictOf(await send()), 'delivered');
    assert.equal(
      typeof peer.logins[0]?.['sig'],
      'nkey' in login || 'jwt' in login ? 'string' : 'undefined',
    );
    peer.login = { user: 'another' };
    const again = await start(t, settings);
    again.peer.login = { user: 'another' };
    const result = await again.send();
    assert.equal(verdictOf(result), 'retry/auth');
    assert.doesNotMatch(JSON.stringify(result), /planted|SUACSS|eyJ/);
  });
}

test('the next server is asked where one is gone, unless it is the login', async (t) => {
  const { peer, server } = await start(t);
  const servers = ['127.0.0.1:1', '127.0.0.1:2', server.address];
  const { send } = await openOutput(t, nats, { servers, plaintext: true });
  assert.equal(verdictOf(await send()), 'delivered');
  peer.login = { user: 'another' };
  const connections = server.connections();
  const two = [server.address, server.address];
  const refused = await openOutput(t, nats, { servers: two, plaintext: true });
  assert.equal(verdictOf(await refused.send()), 'retry/auth');
  assert.equal(server.connections(), connections + 1);
});

test('nothing of worth is said without TLS, unless told so', async (t) => {
  const { peer, send } = await start(t, { plaintext: false, token: 'planted-token' });
  const result = await send();
  assert.equal(verdictOf(result), 'retry/client');
  assert.match(JSON.stringify(result), /offers no TLS/);
  assert.deepEqual(peer.logins, []);
});

test('a server that goes on speaking in the clear is not believed', async (t) => {
  const { peer, server, send } = await start(t, { plaintext: false });
  peer.info['tls_required'] = true;
  const info = `INFO ${JSON.stringify(peer.info)} \r\n`;
  server.behaviour = Buffer.from(`${info}INFO {"max_payload":1}\r\n`);
  assert.match(JSON.stringify(await send()), /speaks before TLS/);
  server.behaviour = Buffer.from(`${info}INF`);
  assert.match(JSON.stringify(await send()), /speaks before TLS/);
});

test('a server that is too old for headers is told as such', async (t) => {
  const { peer, send } = await start(t);
  delete peer.info['headers'];
  assert.match(JSON.stringify(await send()), /needs NATS 2\.2/);
});
