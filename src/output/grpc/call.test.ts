import assert from 'node:assert/strict';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { networkWith, verdictOf } from '../../../test/contract/attempt.ts';
import { listen, startTcp } from '../../../test/support/http-destination.ts';
import { until } from '../../../test/support/until.ts';
import { type Call, type CallEnd, type CallOptions, openCall } from './call.ts';
import { frameOf } from './frames.ts';

type Answer = (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void;

async function startServer(t: TestContext, answer: Answer): Promise<string> {
  const server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    answer(stream, headers);
  });
  return `127.0.0.1:${await listen(t, server)}`;
}

interface Called {
  readonly call: Call;
  readonly messages: string[];
  readonly ended: Promise<CallEnd>;
}

/** Calls, and takes every message but `nonsense`. */
function callTo(t: TestContext, address: string, changes: Partial<CallOptions> = {}): Called {
  const messages: string[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<CallEnd>();
  const options = { address, plaintext: true, path: '/a.Service/Method', expected: 'a server' };
  const call = openCall({ ...options, ...changes }, networkWith(), {
    onMessage(message) {
      if (message.toString() === 'nonsense') throw new Error('what is that?');
      messages.push(message.toString());
    },
    onEnd: resolve,
  });
  t.after(() => call.cancel());
  return { call, messages, ended };
}

async function failureOf({ ended }: Called) {
  const end = await ended;
  assert.ok('failure' in end, JSON.stringify(end));
  return end.failure;
}

const GRPC = { ':status': 200, 'content-type': 'application/grpc' };

test('a call is one of gRPC, with the token', async (t) => {
  let seen: Record<string, unknown> = {};
  const address = await startServer(t, (stream, headers) => {
    seen = headers;
    stream.respond({ ...GRPC, 'grpc-status': '16', 'grpc-message': 'no%20token' });
    stream.end();
  });
  const { ended } = callTo(t, address, { token: 'planted-token' });
  assert.deepEqual(await ended, {
    status: { code: 'UNAUTHENTICATED', message: 'no token', retryDelayMs: undefined },
  });
  const { authorization, te, 'content-type': type, ':path': path, ':method': method } = seen;
  assert.deepEqual(
    [method, path, type, te, authorization],
    ['POST', '/a.Service/Method', 'application/grpc', 'trailers', 'Bearer planted-token'],
  );
});

test('messages go both ways, in pieces of one byte, too, and the status ends them', async (t) => {
  const address = await startServer(t, (stream) => {
    stream.respond(GRPC, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.write(frameOf(Buffer.from('hello')));
    stream.on('data', (chunk: Buffer) => {
      for (const byte of chunk) stream.write(Buffer.of(byte));
    });
    stream.on('end', () => stream.end());
  });
  const { call, messages, ended } = callTo(t, address);
  await until(() => messages.length === 1);
  for (const text of ['one', '', 'three']) call.write(Buffer.from(text));
  call.end();
  const status = { code: 'OK', message: '', retryDelayMs: undefined };
  assert.deepEqual(await ended, { status });
  assert.deepEqual(messages, ['hello', 'one', '', 'three']);
});

for (const [status, headers, verdict] of [
  [503, { 'retry-after': '7' }, 'retry/server'],
  [401, {}, 'retry/auth'],
  [404, {}, 'retry/client'],
  [400, {}, 'retry/client'],
  [302, { location: '/login' }, 'retry/client'],
  [200, { 'content-type': 'text/html' }, 'retry/client'],
] as const) {
  test(`HTTP ${status} without gRPC is ${verdict}`, async (t) => {
    const address = await startServer(t, (stream) => {
      stream.respond({ ':status': status, ...headers });
      stream.end('<html>');
    });
    const failure = await failureOf(callTo(t, address));
    assert.equal(verdictOf(failure), verdict);
    if (status === 503) assert.equal('afterMs' in failure && failure.afterMs, 7000);
    if (status === 400) assert.equal(failure.detail, 'HTTP 400 without gRPC: is it a server?');
  });
}

for (const [what, bytes] of [
  ['is compressed', Buffer.from([1, 0, 0, 0, 1, 0])],
  ['has an absurd length', Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 0])],
  ['nobody understands', frameOf(Buffer.from('nonsense'))],
] as const) {
  test(`a message that ${what} ends the call`, async (t) => {
    const address = await startServer(t, (stream) => {
      stream.respond(GRPC);
      stream.write(bytes);
    });
    const failure = await failureOf(callTo(t, address));
    assert.equal(verdictOf(failure), 'retry/server');
    assert.match(failure.detail, /the answer is not understood/);
  });
}

for (const [what, answer] of [
  ['ends without a status', (stream) => stream.respond(GRPC, { endStream: true })],
  ['is reset', (stream) => stream.close(2)],
  ['is cancelled', (stream) => stream.close(8)],
  ['loses its session', (stream) => stream.session?.destroy()],
  ['loses its connection', (stream) => stream.session?.socket.destroy()],
] as const satisfies readonly (readonly [string, Answer])[]) {
  test(`a call that ${what} is a failure of the network`, async (t) => {
    const failure = await failureOf(callTo(t, await startServer(t, answer)));
    assert.equal(verdictOf(failure), 'retry/network');
    assert.match(failure.detail, /127\.0\.0\.1:\d+: /);
  });
}

test('a call that is ended before it has begun ends, and so does one that is cancelled', async (t) => {
  const address = await startServer(t, (stream) => stream.respond(GRPC));
  const early = callTo(t, address);
  early.call.end();
  const late = callTo(t, address);
  late.call.cancel();
  for (const called of [early, late]) {
    const { outcome } = await failureOf(called);
    assert.equal(outcome, 'retry');
  }
});

/** Leads to a server, and hands its answers over. */
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

test('a connection whose other side has gone without a word is left', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const target = await startServer(t, (stream) => {
    stream.respond(GRPC);
    stream.on('data', (chunk: Buffer) => stream.write(chunk));
  });
  let isGone = false;
  let answers = 0;
  const address = await startRelay(t, target, (socket, chunk) => {
    answers += 1;
    if (!isGone) socket.write(chunk);
  });
  const called = callTo(t, address);
  await until(() => answers > 0);
  /** That an answer to the ping has come, too: what is written later comes back later. */
  async function isThere(round: number): Promise<void> {
    called.call.write(Buffer.from('here'));
    await until(() => called.messages.length === round);
  }
  await isThere(1);
  for (let round = 2; round < 5; round += 1) {
    t.mock.timers.tick(60_000);
    await isThere(round);
  }
  isGone = true;
  t.mock.timers.tick(120_000);
  const failure = await failureOf(called);
  assert.equal(verdictOf(failure), 'retry/network');
  assert.match(failure.detail, /no answer to a ping/);
});
