import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { loadConfig } from '../../config/load.ts';
import { type Alert, PRIORITIES, type Priority } from '../../src/alert.ts';
import { alertWith, deliveryOf, plainFacts } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { alertOfAlertmanager, endOfAlert } from '../../test/support/ended-alert.ts';
import pagerduty from './index.ts';
import { pagerDutyBody } from './payload.ts';
import type { PagerDutySettings } from './settings.ts';

const routingKey = '0123456789abcdef0123456789abcdef';

function bodyOf(alert: Partial<Alert>, own: Partial<PagerDutySettings> = {}, lateMs?: number) {
  const settings = settingsOf(pagerduty, { routingKey, ...own }).values as PagerDutySettings;
  return pagerDutyBody(settings, deliveryOf(alertWith(alert), lateMs));
}

interface GoldenCase {
  readonly name: string;
  readonly input: Record<string, unknown> & { output_fields: Alert['fields'] };
  readonly expected: { readonly payload: object };
}

test('a Falcosidekick configuration makes the request Falcosidekick makes', async () => {
  const file = new URL('../../test/data/falcosidekick/pagerduty.json', import.meta.url);
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: GoldenCase[] };
  const env = { PAGERDUTY_ROUTINGKEY: routingKey, PAGERDUTY_REGION: 'us' };
  const loaded = await loadConfig({ env, flags: {}, baseDirectory: '/' });
  assert.ok(loaded.ok);
  for (const { name, input, expected } of cases) {
    const { output_fields: fields, priority, ...rest } = input;
    const lower = String(priority).toLowerCase() as Priority;
    const alert = { ...(rest as Partial<Alert>), fields, priority: lower };
    const body = bodyOf(alert, loaded.outputs[0]?.settings);
    assert.deepEqual(body, { ...expected, routing_key: routingKey }, name);
  }
});

test('by itself a body has the priority, the facts and a key of its own', () => {
  const alert = alertWith();
  assert.deepEqual(bodyOf({}), {
    routing_key: routingKey,
    dedup_key: deliveryOf(alert).key,
    event_action: 'trigger',
    payload: {
      summary: alert.output,
      source: 'gpu-node-1',
      severity: 'warning',
      timestamp: '2026-08-11T00:04:09Z',
      class: 'Read sensitive file untrusted',
      custom_details: {
        ...alert.fields,
        ...plainFacts,
      },
    },
  });
});

test('the severity follows the priority unless one is set', () => {
  const severities = PRIORITIES.map((priority) => bodyOf({ priority }).payload.severity);
  const expected = 'critical critical critical error warning info info info';
  assert.equal(severities.join(' '), expected);
  assert.equal(bodyOf({ priority: 'debug' }, { severity: 'error' }).payload.severity, 'error');
});

test('a template says which alerts share an incident', () => {
  const dedupKey = '{{ .Rule }} on {{ .Hostname }}';
  assert.equal(bodyOf({}, { dedupKey }).dedup_key, 'Read sensitive file untrusted on gpu-node-1');
  assert.equal(bodyOf({}, { dedupKey: '' }).dedup_key, undefined);
});

test('a template that fails or says nothing leaves the alert an incident of its own', () => {
  const { key } = deliveryOf(alertWith());
  for (const dedupKey of ['{{ .NoSuchField }}', '{{ if false }}x{{ end }}', ' ']) {
    assert.equal(bodyOf({}, { dedupKey }).dedup_key, key, dedupKey);
  }
});

test('keys that differ only beyond the limit stay different', () => {
  const rule = 'r'.repeat(256);
  const [one, other] = ['a', 'b'].map(
    (hostname) => bodyOf({ rule, hostname }, { dedupKey: '{{ .Rule }}{{ .Hostname }}' }).dedup_key,
  );
  assert.match(one ?? '', /^[0-9a-f]{64}$/);
  assert.notEqual(one, other);
});

test('what Alertmanager says is over closes what it opened, and nothing else does', () => {
  const end = endOfAlert();
  const [opens, closes] = [bodyOf(alertOfAlertmanager()), bodyOf(end)];
  assert.deepEqual([opens.event_action, closes.event_action], ['trigger', 'resolve']);
  assert.equal(closes.dedup_key, opens.dedup_key);
  assert.equal(
    bodyOf({ ...end, ingest: { input: 'http', agent: 'falco' } }).event_action,
    'trigger',
  );
  const dedupKey = '{{ .Rule }}';
  assert.equal(bodyOf(end, { dedupKey }).dedup_key, end.rule);
  assert.equal(bodyOf(end, { dedupKey }).event_action, 'resolve');
  assert.equal(bodyOf(end, { dedupKey: '' }).event_action, 'trigger');
});

test('no field can pass itself off as a fact', () => {
  const fields = { rule: 'forged', uuid: 'forged', priority: 'Debug', hostname: 'forged' };
  const { custom_details: details } = bodyOf({ fields }).payload;
  assert.ok(!Object.values(details).includes('forged'));
  assert.equal(details['priority'], 'Warning');
});

test('a late alert says by how much', () => {
  const { summary } = bodyOf({ output: 'x'.repeat(2000) }, {}, 720_000).payload;
  assert.match(summary, /^\(late by 12 min\) x+…$/);
  assert.equal(summary.length, 1024);
});

test('an alert without text is summed up by its rule', () => {
  assert.equal(bodyOf({ output: '\n' }).payload.summary, 'Read sensitive file untrusted');
});

test('the largest alert fits into a request, with every field', () => {
  const name = (n: number): string => `${n}`.padEnd(128, '☃');
  const all = (value: Alert['fields'][string]): Alert['fields'] =>
    Object.fromEntries(Array.from({ length: 512 }, (_, n) => [name(n), value]));
  const list = Array.from({ length: 1000 }, () => '日本');
  for (const value of ['"'.repeat(4096), '日'.repeat(4096), JSON.rawJSON('9'.repeat(512)), list]) {
    const body = bodyOf({ fields: all(value), output: '\\'.repeat(16_384) });
    assert.ok(Buffer.byteLength(JSON.stringify(body)) < 500_000);
    const { custom_details: details } = body.payload;
    assert.ok(Object.keys(all(value)).every((field) => field in details));
  }
});
