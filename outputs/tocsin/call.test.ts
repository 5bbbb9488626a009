import assert from 'node:assert/strict';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Connection, SendResult } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { assertResult, verdictOf } from '../../test/contract/attempt.ts';
import { openDoor } from '../../test/support/grpc-ingest.ts';
import { listen, startTcp } from '../../test/support/http-destination.ts';
import { openOutput } from '../../test/support/tocsin-output.ts';
import { until } from '../../test/support/until.ts';

/** The output against what answers over HTTP/2 and is no hub, or a broken one. */

type Answer = (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void;

async function sendTo(t: TestContext, answer: Answer, settings = {}): Promise<SendResult> {
  const server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    answer(stream, headers);
  });
  const port = await listen(t, server);
  const address = `127.0.0.1:${port}`;
  return send(await openOutput(t, { address, plaintext: true, ...settings }));
}

async function send(connection: Connection): Promise<SendResult> {
  const signal = AbortSignal.timeout(60_000);
  const result = await connection.send([deliveryOf(alertWith())], { signal });
  assertResult(result, 1);
  return result;
}

const GRPC = { ':status': 200, 'content-type': 'application/grpc' };

test('tocsin: the call is one of gRPC, with the token', async (t) => {
  let seen: Record<string, unknown> = {};
  const answer: Answer = (stream, headers) => {
    seen = headers;
    stream.respond({ ...GRPC, 'grpc-status': '16', 'grpc-message': 'no%20token' });
    stream.end();
  };
  const result = await sendTo(t, answer, { token: 'planted-token' });
  const failure = { outcome: 'retry', reason: 'auth', detail: 'UNAUTHENTICATED: no token' };
  assert.deepEqual(result, failure);
  const { authorization, te, 'content-type': type, ':path': path, ':method': method } = seen;
  assert.deepEqual(
    [method, path, type, te, authorization],
    [
      'POST',
      '/tocsin.ingest.v1.AlertIngest/Push',
      'application/grpc',
      'trailers',
      'Bearer planted-token',
    ],
  );
});

for (const [status, headers, verdict] of [
  [503, { 'retry-after': '7' }, 'retry/server'],
  [401, {}, 'retry/auth'],
  [404, {}, 'retry/client'],
  [400, {}, 'retry/client'],
  [302, { location: '/login' }, 'retry/client'],
  [200, { 'content-type': 'text/html' }, 'retry/client'],
] as const) {
  test(`tocsin: HTTP ${status} without gRPC is ${verdict}`, async (t) => {
    const result = await sendTo(t, (stream) => {
      stream.respond({ ':status': status, ...headers });
      stream.end('<html>');
    });
    assert.equal(verdictOf(result), verdict);
    if (status === 503) assert.equal('afterMs' in result && result.afterMs, 7000);
  });
}

for (const [what, bytes] of [
  ['is compressed', Buffer.from([1, 0, 0, 0, 1, 0])],
  ['has an absurd length', Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 0])],
  ['is no PushAck', Buffer.from([0, 0, 0, 0, 2, 0x12, 0x7f])],
] as const) {
  test(`tocsin: an answer that ${what} delivers nothing`, async (t) => {
    const result = await sendTo(t, (stream) => {
      stream.respond(GRPC);
      stream.write(bytes);
    });
    assert.equal(verdictOf(result), 'retry/server');
    assert.match(JSON.stringify(result), /the answer is not understood/);
  });
}

for (const [what, answer] of [
  ['ends without a status', (stream) => stream.respond(GRPC, { endStream: true })],
  ['is reset', (stream) => stream.close(2)],
  ['is cancelled', (stream) => stream.close(8)],
  ['loses its session', (stream) => stream.session?.destroy()],
  ['loses its connection', (stream) => stream.session?.socket.destroy()],
] as const satisfies readonly (readonly [string, Answer])[]) {
  test(`tocsin: a call that ${what} is a failure of the network`, async (t) => {
    const result = await sendTo(t, answer);
    assert.equal(verdictOf(result), 'retry/network');
    assert.match(JSON.stringify(result), /127\.0\.0\.1:\d+: /);
  });
}

/** Leads to a hub, and hands its answers over. */
async function startRelay(
  t: TestContext,
  target: string,
  answer: (socket: Socket, chunk: Buffer) => void,
): Promise<string> {
  const port = await startTcp(t, (socket) => {
    const onward = connectTcp(Number(target.split(':')[1]), '127.0.0.1');
    socket.on('close', () => onward.destroy());
    onward.on('error', () => socket.destroy());
    socket.pipe(onward);
    onward.on('data', (chunk: Buffer) => answer(socket, chunk));
  });
  return `127.0.0.1:${port}`;
}

test('tocsin: an answer in pieces of one byte is understood', async (t) => {
  const { target } = await openDoor(t);
  const address = await startRelay(t, target, (socket, chunk) => {
    for (const byte of chunk) socket.write(Buffer.of(byte));
  });
  const connection = await openOutput(t, { address, plaintext: true });
  assert.deepEqual(await send(connection), { outcome: 'delivered' });
  assert.deepEqual(await send(connection), { outcome: 'delivered' });
});

test('tocsin: a connection whose other side has gone without a word is left', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { admission, target } = await openDoor(t);
  let isGone = false;
  let answers = 0;
  const address = await startRelay(t, target, (socket, chunk) => {
    answers += 1;
    if (!isGone) socket.write(chunk);
  });
  const connection = await openOutput(t, { address, plaintext: true });
  assert.deepEqual(await send(connection), { outcome: 'delivered' });
  for (let pings = 0; pings < 3; pings += 1) {
    const before = answers;
    t.mock.timers.tick(60_000);
    await until(() => answers > before);
    assert.deepEqual(await send(connection), { outcome: 'delivered' });
  }
  isGone = true;
  admission.hold();
  const sent = send(connection);
  await until(() => admission.calls.length === 5);
  t.mock.timers.tick(120_000);
  assert.deepEqual(verdictOf(await sent), 'retry/network');
});
