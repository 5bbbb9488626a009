import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { startDestination } from '../../test/contract/server.ts';
import pagerduty from './index.ts';
import type { PagerDutyBody } from './payload.ts';

const ROUTING_KEY = 'planted0routing0key0planted00000';
const settings = (origin: string) => ({ routingKey: ROUTING_KEY, url: `${origin}/v2/enqueue` });

httpContract(pagerduty, {
  settings,
  accepted: () => ({ status: 202, body: '{"status":"success","dedup_key":"abc"}' }),
  check(requests, deliveries) {
    assert.equal(requests.length, deliveries.length);
    requests.forEach(({ headers, body }, n) => {
      assert.equal(headers['content-type'], 'application/json');
      assert.ok(Buffer.byteLength(body) <= 512_000, `${Buffer.byteLength(body)} bytes`);
      const sent = JSON.parse(body) as PagerDutyBody;
      assert.equal(sent.routing_key, ROUTING_KEY);
      assert.equal(sent.dedup_key, deliveries[n]?.key);
      assert.equal(sent.payload.custom_details['uuid'], deliveries[n]?.alert.uuid);
      assert.ok(sent.payload.summary.length > 0 && sent.payload.summary.length <= 1024);
      assert.doesNotMatch(sent.payload.summary, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      const texts = Object.entries(sent.payload.custom_details).flat(2).map(String);
      assert.doesNotMatch(texts.join(''), /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
    });
  },
  sendsNumbers: true,
  lookalikes: [{ status: 200 }, { status: 201, body: '{"status":"success"}' }, { status: 204 }],
  oddAlerts: 100,
});

const invalid = { status: 'invalid event', message: 'Event object is invalid' };

answersMean(pagerduty, settings, [
  [400, { ...invalid, errors: ["'routing_key' is incorrect"] }, 'retry/auth'],
  [400, 'Invalid routing key', 'retry/auth'],
  [400, { ...invalid, errors: ["'payload.summary' is too long"] }, 'reject/payload'],
  [400, '{"routing_key":"echoed"}', 'reject/payload'],
  [400, '', 'reject/payload'],
]);

test('pagerduty: an answer that repeats the routing key is not repeated', async (t) => {
  const { origin } = await startDestination(t, ({ body }) => ({ status: 500, body }));
  const context = { settings: settingsOf(pagerduty, settings(origin)), http: httpClient(t) };
  const result = await attempt(pagerduty, context, [deliveryOf(alertWith())]);
  assert.match(JSON.stringify(result), /routing_key\\":\\"\*\*\*/);
});

test('pagerduty: of several alerts in a row, those after a failure wait with it', async (t) => {
  const { origin, received } = await startDestination(t, ({ body }) => ({
    status: body.includes('Rule 1') ? 429 : 202,
  }));
  const context = { settings: settingsOf(pagerduty, settings(origin)), http: httpClient(t) };
  const deliveries = ['Rule 0', 'Rule 1', 'Rule 2'].map((rule) => deliveryOf(alertWith({ rule })));
  const result = await attempt(pagerduty, context, deliveries);
  assert.ok(result.outcome === 'partial');
  assert.deepEqual(result.results.map(verdictOf), [
    'delivered',
    'retry/rateLimited',
    'retry/rateLimited',
  ]);
  assert.equal(received.length, 2);
});
