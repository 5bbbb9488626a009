import assert from 'node:assert/strict';
import test from 'node:test';
import type { Alert } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import cloudevents from './index.ts';
import { attributesOf, batchRequest, binaryRequest, structuredRequest } from './payload.ts';
import { type CloudEventsSettings, mistakesIn } from './settings.ts';

function made(own: object = {}): CloudEventsSettings {
  const { values } = settingsOf(cloudevents, { url: 'http://broker', ...own });
  return values as unknown as CloudEventsSettings;
}

const delivery = (alert: Partial<Alert> = {}) => deliveryOf(alertWith(alert));

test('in binary mode the attributes are headers and the alert is the body', () => {
  const { headers, body } = binaryRequest(
    made({ headers: { Authorization: 'Bearer t' } }),
    delivery(),
  );
  assert.equal(body, undefined);
  assert.deepEqual(headers, {
    'content-type': 'application/json',
    authorization: 'Bearer t',
    'ce-specversion': '1.0',
    'ce-id': '8e2f1c1e-7d0b-4b5e-9a3c-2f1d6b7a9c10',
    'ce-source': 'https://falco.org',
    'ce-type': 'falco.rule.output.v1',
    'ce-time': '2026-08-11T00:04:09.137331079Z',
    'ce-priority': 'Warning',
    'ce-rule': 'Read%20sensitive%20file%20untrusted',
    'ce-eventsource': 'syscall',
    'ce-hostname': 'gpu-node-1',
  });
});

test('a header value is percent-encoded as the binding says', () => {
  const header = (rule: string) => binaryRequest(made(), delivery({ rule })).headers?.['ce-rule'];
  assert.equal(header('Euro € 😀'), 'Euro%20%E2%82%AC%20%F0%9F%98%80');
  assert.equal(header('100% "sure"\r\nX-Forged: 1'), '100%25%20%22sure%22%20X-Forged:%201');
  assert.equal(header("!#$&'()*+,-./:;<=>?@[\\]^_`{|}~"), "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~");
});

test('in structured mode all is one object, and the alert keeps its digits', () => {
  const { headers, body = '' } = structuredRequest(
    made({ source: 'urn:hub', eventType: 'x' }),
    delivery(),
  );
  assert.equal(headers?.['content-type'], 'application/cloudevents+json; charset=utf-8');
  assert.ok(body.endsWith(`,"datacontenttype":"application/json","data":${delivery().json}}`));
  const event = JSON.parse(body) as Record<string, unknown>;
  assert.deepEqual([event['specversion'], event['source'], event['type']], ['1.0', 'urn:hub', 'x']);
  assert.equal(event['rule'], 'Read sensitive file untrusted');
});

test('in batch mode many are in one list', () => {
  const two = [delivery({ rule: 'a' }), delivery({ rule: 'b' })];
  const { headers, body = '' } = batchRequest(made(), two);
  assert.equal(headers?.['content-type'], 'application/cloudevents-batch+json; charset=utf-8');
  const events = JSON.parse(body) as { rule: string; data: { rule: string } }[];
  assert.deepEqual(
    events.map(({ rule, data }) => [rule, data.rule]),
    [
      ['a', 'a'],
      ['b', 'b'],
    ],
  );
});

test('an attribute that is empty is left out, and one of ones own goes before ours', () => {
  const attributes = attributesOf(
    made({ extensions: { rule: 'mine', team: 'sec' } }),
    delivery({ hostname: '' }),
  );
  assert.ok(!('hostname' in attributes));
  assert.deepEqual([attributes['rule'], attributes['team']], ['mine', 'sec']);
});

test('an attribute has no character that it may not have', () => {
  const { rule } = attributesOf(made(), delivery({ rule: 'a\u0000b\ufffe\u{10ffff}\ufdd0c' }));
  assert.equal(rule, 'a b\ufffd\ufffd\ufffdc');
});

test('an attribute of CloudEvents itself cannot be set', () => {
  const settings = made({ extensions: { ok: 'x' } });
  const taken = { ...settings, url: 'x', extensions: { id: '1', time: 't', ok: 'x' } };
  const paths = mistakesIn(taken).map(({ path }) => path);
  assert.deepEqual(paths, ['url', 'extensions.id', 'extensions.time']);
});

test('a Falcosidekick configuration makes the event Falcosidekick makes', async () => {
  const { settings, warnings, misconfigured, common } = await loadSidekick({
    cloudevents: {
      address: 'http://broker',
      extensions: { Cluster: 'prod', empty: '' },
      checkcert: false,
    },
  });
  assert.deepEqual([warnings, misconfigured, common['tls']], [[], [], undefined]);
  const { headers = {} } = binaryRequest(settings as CloudEventsSettings, delivery());
  assert.deepEqual([headers['ce-cluster'], headers['ce-specversion']], ['prod', '1.0']);
  const wrong = await loadSidekick({
    cloudevents: { address: 'http://b', extensions: { 'a-b': 'c' } },
  });
  assert.equal(wrong.misconfigured.length, 1);
});
