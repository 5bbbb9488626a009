import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { endOfAlert } from '../../test/support/ended-alert.ts';
import { soon, startDestination } from '../../test/support/http-destination.ts';
import { createForwarder } from './forward.ts';

type Answer = Parameters<typeof startDestination>[1];

async function forwarderTo(t: TestContext, answer: Answer) {
  const destination = await startDestination(t, answer);
  const forwarder = createForwarder(destination.origin, {
    caFiles: [],
    verify: true,
    environment: {},
    trustSystem: () => undefined,
    allowDestinations: [],
    refuseListeners: () => [],
    connections: 2,
    userAgent: 'Tocsin/test',
  });
  t.after(() => forwarder.close());
  return { ...forwarder, destination };
}

async function outcomeOf(t: TestContext, status: number, body: string): Promise<string> {
  const { send, forwarded } = await forwarderTo(t, (response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end(body);
  });
  const result = await send([deliveryOf(alertWith())], soon());
  assert.ok(result.outcome === 'partial' && result.results.length === 1);
  const [one] = result.results;
  assert.equal(forwarded(), one?.outcome === 'delivered' ? 1 : 0);
  return one?.outcome === 'delivered' ? 'delivered' : `${one?.outcome}/${one?.reason}`;
}

test('a hub and a Falcosidekick say nothing when all went well, and /api/v1/alerts tells it', async (t) => {
  assert.equal(await outcomeOf(t, 200, ''), 'delivered');
  for (const tally of [
    { accepted: 1, duplicate: 0, rejected: [] },
    { accepted: 0, duplicate: 1, rejected: [] },
  ]) {
    assert.equal(await outcomeOf(t, 200, JSON.stringify(tally)), 'delivered');
  }
});

test('whatever else answers 200 is no hub, and gets nothing for good', async (t) => {
  const rejected = [{ index: 0, code: 'x', message: 'x' }];
  for (const body of [
    '<html>Welcome to nginx!</html>',
    '{}',
    'null',
    '"ok"',
    '{"accepted":1',
    JSON.stringify({ accepted: 0, duplicate: 0, rejected }),
  ]) {
    assert.equal(await outcomeOf(t, 200, body), 'retry/client', body);
  }
});

test('what is refused is refused, and what is busy is tried again', async (t) => {
  assert.equal(await outcomeOf(t, 400, '{"code":"x"}'), 'reject/payload');
  assert.equal(await outcomeOf(t, 503, '{"code":"queue_full"}'), 'retry/server');
});

test('the other hub is told that Alertmanager posted an alert, so that its end closes an incident', async (t) => {
  const { send, destination } = await forwarderTo(t, undefined);
  await send([deliveryOf(endOfAlert()), deliveryOf(alertWith())], soon());
  const told = destination.requests.map(({ headers }) => headers['tocsin-read-as']);
  assert.deepEqual(new Set(told), new Set(['alertmanager', undefined]));
});

test('an alert that waits for several outputs goes over once', async (t) => {
  const { send, destination, forwarded } = await forwarderTo(t, undefined);
  const [one, other] = [deliveryOf(alertWith({ rule: 'One' })), deliveryOf(alertWith())];
  await send([one, other], soon());
  await send([one], soon());
  assert.equal(destination.requests.length, 2);
  assert.equal(forwarded(), 2);
});
