import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { startDestination } from '../../test/contract/server.ts';
import datadog from './index.ts';
import type { DatadogEvent } from './payload.ts';

const KEY = 'planted0key0000000000000planted0';
const settings = (origin: string) => ({ apiKey: KEY, url: `${origin}/api/v1/events` });
const accepted = { status: 202, body: '{"status":"ok","event":{"id":1,"title":"x"}}' };

httpContract(datadog, {
  settings,
  accepted: () => accepted,
  check(requests, deliveries) {
    assert.equal(requests.length, deliveries.length);
    for (const [n, { method, path, headers, body }] of requests.entries()) {
      assert.deepEqual([method, path], ['POST', '/api/v1/events']);
      assert.equal(headers['dd-api-key'], KEY);
      const event = JSON.parse(body) as DatadogEvent;
      assert.ok(event.title.length > 0 && event.title.length <= 500);
      assert.ok(event.text.length > 0 && event.text.length <= 4000);
      assert.ok(event.tags.length <= 100 && event.tags.every((tag) => tag.length <= 200));
      assert.equal(event.aggregation_key, deliveries[n]?.key);
      assert.equal(event.date_happened, undefined, 'it is too old');
      assert.ok(event.tags.includes('late'));
      assert.ok(event.text.startsWith(`${deliveries[n]?.alert.time} `));
      const texts = [event.title, event.text, event.host ?? '', ...event.tags].join('');
      assert.doesNotMatch(texts, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      for (const text of [event.title, event.text]) assert.doesNotMatch(text, /%%%|@\w/);
    }
  },
  sendsNumbers: false,
  lookalikes: [{ status: 202 }, { status: 202, body: '{}' }, { status: 200, body: 'ok' }],
});

answersMean(datadog, settings, [
  [400, { errors: ['Invalid JSON'] }, 'reject/payload'],
  [403, { status: 'error', errors: ['Forbidden'] }, 'retry/auth'],
  [429, '', 'retry/rateLimited'],
]);

test('datadog: of several alerts in a row, those after a failure wait with it', async (t) => {
  const { origin, received } = await startDestination(t, ({ body }) =>
    body.includes('Rule 1') ? { status: 429 } : accepted,
  );
  const context = { settings: settingsOf(datadog, settings(origin)), http: httpClient(t) };
  const deliveries = ['Rule 0', 'Rule 1', 'Rule 2'].map((rule) => deliveryOf(alertWith({ rule })));
  const result = await attempt(datadog, context, deliveries);
  assert.equal(verdictOf(result), 'delivered, retry/rateLimited');
  assert.equal(received.length, 2);
});
