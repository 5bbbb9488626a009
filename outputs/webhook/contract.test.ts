import assert from 'node:assert/strict';
import test from 'node:test';
import type { Delivery } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { type Received, startDestination } from '../../test/contract/server.ts';
import webhook from './index.ts';

function probe(body: string, textOf: (deliveries: readonly Delivery[]) => string) {
  return {
    variant: body,
    settings: (origin: string) => ({
      url: `${origin}/in/planted-path-secret?token=planted-query-secret`,
      headers: { Authorization: 'Bearer planted-header-secret' },
      signingSecret: 'planted-signing-secret',
      body,
    }),
    accepted: () => ({ status: 202, body: 'thank you' }),
    check(requests: readonly Received[], deliveries: readonly Delivery[]) {
      const counts = requests.map(({ headers }) => Number(headers['tocsin-delivery-count']));
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        deliveries.length,
      );
      for (const { headers } of requests) {
        assert.equal(headers['authorization'], 'Bearer planted-header-secret');
      }
      assert.ok(requests.map(({ body }) => body).join('\n') === textOf(deliveries));
    },
    sendsNumbers: true,
  };
}

httpContract(
  webhook,
  probe('alert', (deliveries) => deliveries.map(({ json }) => json).join('\n')),
);
httpContract(
  webhook,
  probe('array', (deliveries) => `[${deliveries.map(({ json }) => json).join()}]`),
);

test('webhook: of several alerts in a row, those after a failure wait with it', async (t) => {
  const { origin, received } = await startDestination(t, ({ body }) => ({
    status: body.includes('Rule 1') ? 503 : 200,
  }));
  const context = { settings: settingsOf(webhook, { url: origin }), http: httpClient(t) };
  const deliveries = ['Rule 0', 'Rule 1', 'Rule 2'].map((rule) => deliveryOf(alertWith({ rule })));
  const result = await attempt(webhook, context, deliveries);
  assert.ok(result.outcome === 'partial');
  assert.deepEqual(result.results.map(verdictOf), ['delivered', 'retry/server', 'retry/server']);
  assert.equal(received.length, 2);
});

test('webhook: an answer without the text of expectBody delivers nothing', async (t) => {
  const { origin } = await startDestination(t, () => ({ status: 200, body: 'queued' }));
  const http = httpClient(t);
  const sent = async (expectBody: string): Promise<string> => {
    const settings = settingsOf(webhook, { url: origin, expectBody });
    return verdictOf(await attempt(webhook, { settings, http }, [deliveryOf(alertWith())]));
  };
  assert.equal(await sent('queued'), 'delivered');
  assert.equal(await sent('stored'), 'retry/client');
});

test('webhook: a plain answer that calls itself HTML is an answer', async (t) => {
  const headers = { 'content-type': 'text/html' };
  const { origin } = await startDestination(t, () => ({ status: 200, headers, body: 'ok' }));
  const context = { settings: settingsOf(webhook, { url: origin }), http: httpClient(t) };
  assert.equal(verdictOf(await attempt(webhook, context, [deliveryOf(alertWith())])), 'delivered');
});

const ingest = { input: 'http', agent: 'falco' };

for (const body of ['array', 'ndjson']) {
  test(`webhook: each request says of every alert in it how many hubs it has passed (${body})`, async (t) => {
    const { origin, received } = await startDestination(t, ({ headers }) => ({
      status: headers['tocsin-hops'] === '4' ? 503 : 200,
    }));
    const context = { settings: settingsOf(webhook, { url: origin, body }), http: httpClient(t) };
    const deliveries = [0, 7, 0, 3, 7, 5, 0].map((hops, i) =>
      deliveryOf(alertWith({ rule: `Rule ${i}`, ingest: { ...ingest, hops } })),
    );
    const result = await attempt(webhook, context, deliveries);
    assert.deepEqual(
      received.map(({ headers, body: text }) => [
        headers['tocsin-hops'],
        [...text.matchAll(/Rule (\d)/g)].map(([, number]) => number).join(''),
      ]),
      [
        ['1', '026'],
        ['8', '14'],
        ['4', '3'],
      ],
    );
    assert.ok(result.outcome === 'partial');
    assert.deepEqual(result.results.map(verdictOf), [
      'delivered',
      'delivered',
      'delivered',
      'retry/server',
      'delivered',
      'retry/server',
      'delivered',
    ]);
  });
}

test('webhook: where one of several requests is refused, none of its alerts is blamed yet', async (t) => {
  const { origin } = await startDestination(t, ({ body }) => ({
    status: body.includes('Rule bad') ? 400 : 200,
  }));
  const settings = settingsOf(webhook, { url: origin, body: 'array' });
  const context = { settings, http: httpClient(t) };
  const make = (rule: string, hops: number): Delivery =>
    deliveryOf(alertWith({ rule, ingest: { ...ingest, hops } }));
  const mixed = [make('Rule a', 1), make('Rule bad', 2), make('Rule b', 2), make('Rule c', 1)];
  const result = await attempt(webhook, context, mixed);
  assert.ok(result.outcome === 'partial');
  assert.deepEqual(result.results.map(verdictOf), [
    'delivered',
    'retry/payload',
    'retry/payload',
    'delivered',
  ]);
});

for (const body of ['alert', 'array', 'ndjson']) {
  test(`webhook: an alert that has passed 8 hubs goes no further, the others do (${body})`, async (t) => {
    const { origin, received } = await startDestination(t, () => ({ status: 200 }));
    const context = { settings: settingsOf(webhook, { url: origin, body }), http: httpClient(t) };
    const deliveries = [7, 8, 0, 9].map((hops) =>
      deliveryOf(alertWith({ rule: `Rule ${hops}`, ingest: { ...ingest, hops } })),
    );
    const result = await attempt(webhook, context, deliveries);
    assert.ok(result.outcome === 'partial');
    assert.deepEqual(result.results.map(verdictOf), [
      'delivered',
      'reject/client',
      'delivered',
      'reject/client',
    ]);
    assert.match(JSON.stringify(result.results[1]), /"loop: /);
    assert.deepEqual(
      received.map(({ headers }) => headers['tocsin-hops']),
      ['8', '1'],
    );
    assert.ok(received.every((request) => !/Rule [89]/.test(request.body)));

    const [, circling] = deliveries as [Delivery, Delivery];
    assert.equal(verdictOf(await attempt(webhook, context, [circling])), 'reject/client');
    assert.equal(received.length, 2);
  });
}
