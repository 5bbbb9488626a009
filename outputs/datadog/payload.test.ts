import assert from 'node:assert/strict';
import test from 'node:test';
import { type Alert, PRIORITIES } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { goldenCases } from '../../test/support/golden.ts';
import datadog from './index.ts';
import { datadogEvent } from './payload.ts';
import type { DatadogSettings } from './settings.ts';

function settings(more: object = {}): DatadogSettings {
  return settingsOf(datadog, { apiKey: 'k', ...more }).values as DatadogSettings;
}

const TIME_MS = Date.parse('2026-08-11T00:04:09.137Z');

function eventOf(alert: Partial<Alert>, ageMs = 0) {
  return datadogEvent(settings(), deliveryOf(alertWith(alert)), TIME_MS + ageMs);
}

test('a Falcosidekick configuration makes the event Falcosidekick makes', async () => {
  const enabling = { datadog: { apikey: 'k' } };
  for (const { name, delivery, settings, expected } of await goldenCases('datadog', enabling)) {
    assert.equal(settings['url'], 'https://api.datadoghq.com/api/v1/events');
    const event = datadogEvent(settings as DatadogSettings, delivery, Date.now());
    assert.deepEqual(event, expected, name);
  }
});

test('an alert as an event', () => {
  const delivery = deliveryOf(alertWith());
  assert.deepEqual(datadogEvent(settings(), delivery, TIME_MS), {
    title: delivery.alert.rule,
    text: delivery.alert.output,
    alert_type: 'warning',
    source_type_name: 'falco',
    tags: [
      'fd.name:/etc/shadow',
      'proc.name:cat',
      'user.name:jenkins',
      'source:syscall',
      'source:falco',
      'hostname:gpu-node-1',
      ...delivery.alert.tags,
    ],
    date_happened: 1_786_406_649,
    host: 'gpu-node-1',
    priority: 'normal',
    aggregation_key: delivery.key,
  });
});

test('severity follows the priority', () => {
  const types = PRIORITIES.map((priority) => {
    const event = eventOf({ priority });
    return `${event.alert_type} ${event.priority}`;
  });
  assert.deepEqual(types, [
    ...Array<string>(4).fill('error normal'),
    'warning normal',
    'info normal',
    'info low',
    'info low',
  ]);
});

test('what Datadog would refuse for its age comes without its time, and says it', () => {
  const { text, tags, date_happened } = eventOf({ output: 'x', tags: [] }, 19 * 3_600_000);
  assert.deepEqual([text, date_happened], ['2026-08-11T00:04:09.137331079Z x', undefined]);
  assert.equal(tags.at(-1), 'late');
});

test('text neither notifies anybody nor is Markdown', () => {
  const { text, title } = eventOf({ rule: '@slack-soc', output: '%%%\n# a\n%%% to @all me@x.org' });
  assert.equal(title, '@\u200bslack-soc');
  assert.equal(text, '%\u200b%\u200b% # a %\u200b%\u200b% to @\u200ball me@\u200bx.org');
});

test('of too many tags, those of fields are left out', () => {
  const fields = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, 'x']));
  const { tags } = eventOf({ fields, tags: ['a', 'b'] });
  assert.equal(tags.length, 100);
  assert.deepEqual(tags.slice(-3), ['hostname:gpu-node-1', 'a', 'b']);
});
