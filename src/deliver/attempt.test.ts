import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { StoredAlert } from '../queue/queue.ts';
import { closedPort, startClient, startTcp } from '../../test/support/http-destination.ts';
import { attempt, type Send } from './attempt.ts';
import { systemClock } from './clock.ts';

const alert: StoredAlert = {
  position: { shard: 4, n: 1 },
  json: '{"uuid":"018f6f2e-9d3b-7c11-8a55-000000000001"}',
  ingest: '{}',
  receivedAtMs: Date.now(),
};

async function outcomeOf(
  send: Send,
  { timeoutMs = 50, stop = new AbortController().signal } = {},
): Promise<string> {
  const { results } = await attempt([alert], {
    send,
    timeoutMs,
    clock: systemClock,
    stop,
    redact: String,
  });
  const [result] = results;
  return result?.outcome === 'delivered' ? result.outcome : `${result?.outcome}/${result?.reason}`;
}

test('a destination that never answers is a timeout, to be tried again', async (t) => {
  const port = await startTcp(t, (socket) => socket.resume());
  const http = startClient(t);
  const url = `http://127.0.0.1:${port}/`;
  const send: Send = async (_, signal) => {
    await http.request({ url, method: 'POST', headers: {}, body: 'x', signal });
    return { outcome: 'delivered' };
  };
  assert.equal(await outcomeOf(send), 'retry/timeout');
});

const throws: Send = async (_, signal) => {
  await once(signal, 'abort');
  throw new Error('socket hang up');
};
const rejects: Send = async (_, signal) => {
  await once(signal, 'abort');
  return { outcome: 'partial', results: [{ outcome: 'reject', reason: 'bug', detail: '' }] };
};

test('whatever an adapter makes of its aborted signal, the alert is tried again', async () => {
  assert.equal(await outcomeOf(throws), 'retry/timeout');
  assert.equal(await outcomeOf(rejects), 'retry/timeout');
  const stop = new AbortController();
  const outcome = outcomeOf(throws, { timeoutMs: 10_000, stop: stop.signal });
  stop.abort();
  assert.equal(await outcome, 'retry/timeout');
});

test('an adapter that ignores its signal is left behind', async () => {
  const startedMs = performance.now();
  const outcome = outcomeOf(() => pause(60_000, { outcome: 'delivered' } as const, { ref: false }));
  assert.equal(await outcome, 'retry/timeout');
  assert.ok(performance.now() - startedMs < 10_000);
});

test('what an adapter throws is about the destination where it is known, else a bug', async (t) => {
  const http = startClient(t);
  const url = `http://127.0.0.1:${await closedPort()}/`;
  const refused: Send = async (_, signal) => {
    await http.request({ url, method: 'POST', headers: {}, body: 'x', signal });
    return { outcome: 'delivered' };
  };
  assert.equal(await outcomeOf(refused, { timeoutMs: 5000 }), 'retry/network');
  const broken = outcomeOf(() => {
    throw new TypeError('x is not a function');
  });
  assert.equal(await broken, 'reject/bug');
});

test('a partial answer of the wrong length is no answer', async () => {
  assert.equal(await outcomeOf(async () => ({ outcome: 'partial', results: [] })), 'retry/server');
});
