import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { verdictOf } from '../../test/contract/attempt.ts';
import { numbered, openOutput } from '../../test/support/open-output.ts';
import { createRabbit, type RabbitAnswer } from '../../test/support/rabbit-server.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import rabbitmq from './index.ts';

async function start(t: TestContext, raw: object = {}) {
  const peer = createRabbit();
  const server = await startTcpServer(t, peer.serve);
  const settings = { address: server.address, plaintext: true, queue: 'falco', ...raw };
  return { peer, server, ...(await openOutput(t, rabbitmq, settings)) };
}

const ANSWERS: readonly (readonly [what: string, answer: RabbitAnswer, verdict: string])[] = [
  ['a queue that is full', 'nack', 'retry/server'],
  ['nobody who takes it', 'return', 'retry/client'],
  ['no such exchange', { channel: { code: 404, text: 'NOT_FOUND - no exchange' } }, 'retry/client'],
  ['no right to write', { channel: { code: 403, text: 'ACCESS_REFUSED' } }, 'retry/auth'],
  ['a wrong property', { channel: { code: 406, text: 'PRECONDITION_FAILED' } }, 'retry/client'],
  ['an end', { connection: { code: 320, text: 'CONNECTION_FORCED - shutdown' } }, 'retry/server'],
  ['a fault', { connection: { code: 541, text: 'INTERNAL_ERROR' } }, 'retry/server'],
];

for (const [what, answer, verdict] of ANSWERS) {
  test(`${what}: ${verdict}`, async (t) => {
    const { peer, send } = await start(t);
    peer.answer = () => answer;
    assert.equal(verdictOf(await send(numbered(3))), verdict);
    peer.answer = () => undefined;
    assert.equal(verdictOf(await send(numbered(3))), 'delivered');
  });
}

test('what no queue takes is told one by one', async (t) => {
  const { peer, send } = await start(t);
  peer.answer = ({ body }) => (body.includes('"number 2."') ? 'return' : undefined);
  const result = await send(numbered(5));
  assert.ok(result.outcome === 'partial');
  const verdicts = result.results.map(verdictOf);
  assert.deepEqual(verdicts, ['delivered', 'delivered', 'retry/client', 'delivered', 'delivered']);
  assert.match(JSON.stringify(result), /no queue takes the routing key falco: NO_ROUTE/);
});

test('a refusal of all that wait is one of each', async (t) => {
  const { peer, send } = await start(t);
  peer.answer = ({ body }) => (body.includes('"number 2."') ? 'nack all' : 'wait');
  assert.equal(verdictOf(await send(numbered(3))), 'retry/server');
});

test('a refused login waits for the operator, and the password is not repeated', async (t) => {
  const { peer, send } = await start(t, { username: 'falco', password: 'planted-secret' });
  peer.refusal = { code: 403, text: 'ACCESS_REFUSED - Login was refused' };
  const result = await send();
  assert.equal(verdictOf(result), 'retry/auth');
  assert.doesNotMatch(JSON.stringify(result), /planted/);
  peer.refusal = { code: 530, text: 'NOT_ALLOWED - vhost x not found' };
  assert.equal(verdictOf(await send()), 'retry/auth');
  peer.refusal = undefined;
  assert.equal(verdictOf(await send()), 'delivered');
});

const frame = (type: number, content: Buffer): Buffer => {
  const head = Buffer.from([type, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(content.length, 3);
  return Buffer.concat([head, content, Buffer.from([0xce])]);
};
const STRANGE: Readonly<Record<string, Buffer>> = {
  'a frame that ends otherwise': Buffer.from([1, 0, 0, 0, 0, 0, 1, 0, 0]),
  'a frame without an end': Buffer.from([1, 0, 0, 0xff, 0xff, 0xff, 0xff]),
  'a body without an end': frame(2, Buffer.alloc(12, 0xff)),
  'a method that is cut off': frame(1, Buffer.from([0, 10, 0, 50, 1])),
};

for (const [what, bytes] of Object.entries(STRANGE)) {
  test(`who sends ${what} is no RabbitMQ`, async (t) => {
    const { server, send } = await start(t);
    server.behaviour = bytes;
    const result = await send();
    assert.equal(verdictOf(result), 'retry/client');
    assert.match(JSON.stringify(result), /is no RabbitMQ/);
  });
}
