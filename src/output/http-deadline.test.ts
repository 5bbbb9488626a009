import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  soon,
  startClient,
  startDestination,
  startTcp,
} from '../../test/support/http-destination.ts';

/** Attempts that end at their deadline, and clients that are closed. */

test('a server that never answers is left at the deadline', async (t) => {
  const { origin } = await startDestination(t, () => undefined);
  const result = await startClient(t).postJson(origin, '{}', { signal: AbortSignal.timeout(50) });
  assert.equal(result.outcome === 'retry' && result.reason, 'timeout');
});

test('a server that drips its answer is left at the deadline', async (t) => {
  const port = await startTcp(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
    const drip = setInterval(() => socket.write('x'), 5);
    socket.once('close', () => clearInterval(drip));
  });
  const signal = AbortSignal.timeout(100);
  const result = await startClient(t).postJson(`http://127.0.0.1:${port}/`, '{}', { signal });
  assert.equal(result.outcome === 'retry' && result.reason, 'timeout');
});

test('an attempt that waits for a connection ends at its own deadline', async (t) => {
  // Accepts, and never shakes hands.
  const port = await startTcp(t, () => undefined);
  const started = performance.now();
  const result = await startClient(t).postJson(`https://127.0.0.1:${port}/`, '{}', {
    signal: AbortSignal.timeout(50),
  });
  assert.equal(result.outcome === 'retry' && result.reason, 'timeout');
  assert.ok(performance.now() - started < 30_000);
});

test('an attempt that gave up while it waited is not sent afterwards', async (t) => {
  const arrived = Promise.withResolvers<() => void>();
  const destination = await startDestination(t, (response, { body }) => {
    if (body === '"first"') arrived.resolve(() => response.end());
    else response.end();
  });
  const client = startClient(t, { connections: 1 });
  const send = (body: string, signal: AbortSignal) =>
    client.postJson(destination.origin, body, { signal });
  const first = send('"first"', soon());
  const finish = await arrived.promise;
  const gaveUp = await send('"gave up"', AbortSignal.timeout(30));
  assert.equal(gaveUp.outcome === 'retry' && gaveUp.reason, 'timeout');
  finish();
  assert.equal((await first).outcome, 'delivered');
  assert.equal((await send('"last"', soon())).outcome, 'delivered');
  assert.deepEqual(
    destination.requests.map(({ body }) => body),
    ['"first"', '"last"'],
  );
});

test('an attempt whose signal has aborted sends nothing', async (t) => {
  const destination = await startDestination(t);
  const signal = AbortSignal.abort();
  const result = await startClient(t).postJson(destination.origin, '{}', { signal });
  assert.equal(result.outcome === 'retry' && result.reason, 'timeout');
  assert.equal(destination.requests.length, 0);
});

test('closing waits for the answer under way and then refuses new requests', async (t) => {
  const arrived = Promise.withResolvers<() => void>();
  const { origin } = await startDestination(t, (response) => {
    arrived.resolve(() => response.end());
  });
  const client = startClient(t);
  const post = client.postJson(origin, '{}', { signal: soon() });
  const finish = await arrived.promise;
  const closed = client.close();
  const late = await client.postJson(origin, '{}', { signal: soon() });
  assert.equal(late.outcome === 'retry' && late.reason, 'network');
  finish();
  await closed;
  assert.equal((await post).outcome, 'delivered');
});

test('closing ends idle connections', async (t) => {
  const ended = Promise.withResolvers<void>();
  const port = await startTcp(t, (socket) => {
    socket.once('close', () => ended.resolve());
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  });
  const client = startClient(t);
  await client.postJson(`http://127.0.0.1:${port}/`, '{}', { signal: soon() });
  await client.close();
  await ended.promise;
});

test('closing ends a connection that is being made', { timeout: 60_000 }, async (t) => {
  const [opened, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const port = await startTcp(t, (socket) => {
    opened.resolve();
    socket.once('close', () => ended.resolve()).resume();
  });
  const client = startClient(t);
  const attempt = new AbortController();
  const post = client.postJson(`https://127.0.0.1:${port}/`, '{}', attempt);
  await opened.promise;
  attempt.abort();
  assert.equal((await post).outcome, 'retry');
  await client.close();
  await ended.promise;
});
