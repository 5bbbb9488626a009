import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { eventually } from './eventually.ts';
import { listen } from './http-destination.ts';

test('the end of a connection that was waited for is seen on both sides', async (t) => {
  let isClosed = false;
  const server = createServer((socket) => {
    socket.once('close', () => {
      isClosed = true;
      standStill(50);
    });
    socket.once('data', () => socket.destroy());
  });
  const client = connect(await listen(t, server), '127.0.0.1').on('error', () => undefined);
  await once(client, 'connect');
  client.resume().write('x');
  await eventually('the server has closed', () => isClosed);
  assert.ok(client.closed);
});

test('what never comes is told by its name', async () => {
  await assert.rejects(
    eventually('it comes', () => false, 50),
    /not within 50 ms: it comes/,
  );
});

/** As a busy machine does to any process. */
function standStill(durationMs: number): void {
  const untilMs = performance.now() + durationMs;
  while (performance.now() < untilMs);
}
