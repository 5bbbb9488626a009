import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { alertDocument } from '../../src/output/alert-document.ts';
import webhook from './index.ts';
import { idempotencyKey, signature, webhookBody, webhookHeaders } from './payload.ts';
import type { WebhookSettings } from './settings.ts';

const one = deliveryOf(alertWith({ rule: 'one' }));
const two = deliveryOf(
  alertWith({ rule: 'two', ingest: { input: 'http', agent: 'falco', hops: 3 } }),
);

const settings: WebhookSettings = {
  url: 'https://alerts.example.org/falco',
  method: 'POST',
  headers: {},
  body: 'alert',
  format: 'falco',
};

function bodyOf(overrides: Partial<WebhookSettings>, deliveries = [one]) {
  return webhookBody({ ...settings, ...overrides }, deliveries);
}

function headersOf(overrides: Partial<WebhookSettings>, deliveries = [one]) {
  const all = { ...settings, ...overrides };
  return webhookHeaders(all, deliveries, bodyOf(all, deliveries), 1_763_800_000_999);
}

function paths(overrides: Partial<WebhookSettings>) {
  return webhook.validate?.({ ...settings, ...overrides }).map(({ path }) => path);
}

test('alert is the alert as it is stored', () => {
  const { text, contentType } = bodyOf({});
  assert.equal(text, one.json);
  assert.equal(contentType, 'application/json; charset=utf-8');
});

test('array and ndjson carry many', () => {
  assert.equal(bodyOf({ body: 'array' }, [one, two]).text, `[${one.json},${two.json}]`);
  const lines = bodyOf({ body: 'ndjson' }, [one, two]);
  assert.equal(lines.text, `${one.json}\n${two.json}\n`);
  assert.equal(lines.contentType, 'application/x-ndjson');
});

test('every body of alerts may be in another schema', () => {
  const document = alertDocument(one, 'ecs');
  assert.equal(bodyOf({ format: 'ecs' }).text, document);
  assert.equal(bodyOf({ format: 'ecs', body: 'array' }).text, `[${document}]`);
  assert.equal(bodyOf({ format: 'ecs', body: 'ndjson' }).text, `${document}\n`);
});

test('only bodies for many alerts make batches', () => {
  const { batch } = webhook;
  assert.ok(typeof batch === 'function');
  assert.equal(batch(settings).alertsMax, 1);
  assert.equal(batch({ ...settings, body: 'template' }).alertsMax, 1);
  assert.equal(batch({ ...settings, body: 'array' }).alertsMax, 500);
  assert.equal(batch({ ...settings, body: 'ndjson' }).alertsMax, 500);
});

test('template writes any body', () => {
  const body = bodyOf({
    body: 'template',
    bodyTemplate: '{{ .Rule }}!',
    contentType: 'text/plain',
  });
  assert.deepEqual(body, { text: 'one!', contentType: 'text/plain' });
});

test('a template that fails, or writes broken JSON, sends the alert as JSON and says so', () => {
  const failing = bodyOf({
    body: 'template',
    bodyTemplate: '{{ .Nope }}',
    contentType: 'text/plain',
  });
  assert.deepEqual(failing, {
    text: one.json,
    contentType: 'application/json; charset=utf-8',
    templateError: 'failed',
  });
  const quoted = deliveryOf(alertWith({ rule: 'a "quoted" rule' }));
  const bodyTemplate = '{"text":"{{ .Rule }}"}';
  const broken = bodyOf({ body: 'template', bodyTemplate }, [quoted]);
  assert.equal(broken.text, quoted.json);
  assert.equal(broken.templateError, 'not JSON');
  const escaped = bodyOf({ body: 'template', bodyTemplate: '{"text":{{ toJson .Rule }}}' }, [
    quoted,
  ]);
  assert.equal(escaped.templateError, undefined);
  assert.deepEqual(JSON.parse(escaped.text), { text: 'a "quoted" rule' });
});

test('the headers tell a receiver how to recognise a resend and a loop', () => {
  assert.deepEqual(headersOf({}), {
    'content-type': 'application/json; charset=utf-8',
    'idempotency-key': one.key,
    'tocsin-delivery-count': '1',
    'tocsin-hops': '1',
  });
  const many = headersOf({ body: 'array' }, [two, two]);
  assert.equal(many['tocsin-delivery-count'], '2');
  assert.equal(many['tocsin-hops'], '4');
});

test('a batch has one key, of its alerts and their order', () => {
  const key = idempotencyKey([one, two]);
  assert.match(key, /^[0-9a-f]{32}$/);
  assert.equal(idempotencyKey([one, two]), key);
  assert.notEqual(idempotencyKey([two, one]), key);
  assert.notEqual(idempotencyKey([one]), key);
});

test('configured headers count, but for those of the delivery', () => {
  const headers = headersOf({
    headers: { 'X-Team': 'soc', 'Content-Type': 'application/vnd.x+json', 'Tocsin-Hops': '0' },
  });
  assert.equal(headers['x-team'], 'soc');
  assert.equal(headers['content-type'], 'application/vnd.x+json');
  assert.equal(headers['tocsin-hops'], '1');
});

test('the signature covers the time and the body', () => {
  const header = headersOf({ signingSecret: 'a long random text' })['tocsin-signature'] ?? '';
  const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  assert.equal(time, '1763800000');
  const expected = createHmac('sha256', 'a long random text').update(`${time}.${one.json}`);
  assert.equal(mac, expected.digest('hex'));
  assert.notEqual(signature('a long random text', 1_763_800_001, one.json), header);
});

test('settings that cannot work are mistakes, and no value is quoted', () => {
  assert.deepEqual(paths({}), []);
  assert.deepEqual(paths({ url: 'alerts.example.org' }), ['url']);
  assert.deepEqual(paths({ headers: { 'X-A': 'b\nc' } }), ['headers.X-A']);
  assert.deepEqual(paths({ body: 'template' }), ['bodyTemplate']);
  assert.deepEqual(paths({ bodyTemplate: '{{ .Rule }}' }), ['bodyTemplate']);
  const bodyTemplate = '{{ .Rule }}';
  assert.deepEqual(paths({ body: 'template', bodyTemplate, format: 'ecs' }), ['format']);
  assert.deepEqual(paths({ contentType: 'text\n' }), ['contentType']);
});
