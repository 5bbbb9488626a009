import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { networkWith } from '../../test/contract/attempt.ts';
import { eventually } from '../../test/support/eventually.ts';
import { openDatagrams } from './datagram-session.ts';
import type { SingleResult } from './define.ts';
import type { Session } from './session.ts';

const deliveries = Array.from({ length: 50 }, (_, n) => deliveryOf(alertWith({ rule: `${n}` })));

async function startServer(t: TestContext): Promise<Socket> {
  const server = createSocket('udp4');
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return server;
}

function opened(port: number, signal: AbortSignal): Promise<Session> {
  const textOf = ({ alert }: (typeof deliveries)[number]) => alert.rule;
  return openDatagrams({ host: 'localhost', port, textOf }, networkWith(), signal);
}

test('each alert is a datagram of its own', async (t) => {
  const server = await startServer(t);
  const taken: string[] = [];
  server.on('message', (message) => taken.push(message.toString()));
  const stop = new AbortController();
  t.after(() => stop.abort());
  const session = await opened(server.address().port, stop.signal);
  const results = await session.send(deliveries);
  assert.ok(results.length === 50 && results.every(({ outcome }) => outcome === 'delivered'));
  await eventually('all arrive', () => taken.length === 50);
  assert.deepEqual(
    taken,
    deliveries.map(({ alert }) => alert.rule),
  );
});

test('that nothing listens there is told after a datagram, at once or later', async (t) => {
  const stop = new AbortController();
  t.after(() => stop.abort());
  // No port that a test is given is so low.
  const atOnce = await opened(1, stop.signal);
  const results = await atOnce.send(deliveries);
  assert.ok(results.some(isRefused));
  const later = await opened(1, stop.signal);
  await eventually('it is told', async () => {
    const [result] = await later.send(deliveries.slice(0, 1));
    return result !== undefined && isRefused(result);
  });
});

function isRefused(result: SingleResult): boolean {
  return result.outcome === 'retry' && /ECONNREFUSED/.test(result.detail);
}

test('a session that is given up sends nothing', async (t) => {
  const server = await startServer(t);
  const stop = new AbortController();
  const session = await opened(server.address().port, stop.signal);
  stop.abort();
  const [result] = await session.send(deliveries.slice(0, 1));
  assert.notEqual(result?.outcome, 'delivered');
});
