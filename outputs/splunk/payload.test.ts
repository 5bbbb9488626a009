import assert from 'node:assert/strict';
import test from 'node:test';
import type { Delivery } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { goldenCases } from '../../test/support/golden.ts';
import splunk from './index.ts';
import { hecBody } from './payload.ts';
import type { SplunkSettings } from './settings.ts';

function settings(more: object = {}): SplunkSettings {
  return settingsOf(splunk, { url: 'https://splunk:8088', token: 't', ...more })
    .values as SplunkSettings;
}

function eventsOf(deliveries: readonly Delivery[], more: object = {}): Record<string, unknown>[] {
  const lines = hecBody(settings(more), deliveries).split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a Falcosidekick configuration makes the event Falcosidekick makes', async () => {
  const enabling = { splunk: { host: 'https://splunk:8088/services/collector', token: 't' } };
  for (const { name, delivery, settings, expected } of await goldenCases('splunk', enabling)) {
    const body = JSON.parse(hecBody(settings as SplunkSettings, [delivery])) as {
      event: { uuid?: string };
    };
    assert.equal(body.event.uuid, delivery.alert.uuid);
    delete body.event.uuid;
    assert.deepEqual(body, expected, name);
  }
});

test('an alert is filed under its own time, host and source', () => {
  const delivery = deliveryOf(alertWith());
  assert.deepEqual(eventsOf([delivery]), [
    {
      event: JSON.parse(delivery.json),
      sourcetype: 'falco',
      time: 1_786_406_649.137,
      host: 'gpu-node-1',
      source: 'syscall',
    },
  ]);
});

test('settings go before what the alert says', () => {
  const more = { index: 'soc', source: 'falco-eu', sourcetype: 'ocsf', format: 'ocsf' };
  const [first, second] = eventsOf(
    [deliveryOf(alertWith({ hostname: '' })), deliveryOf(alertWith())],
    more,
  );
  const { event, time, ...others } = first ?? {};
  assert.deepEqual(others, { index: 'soc', source: 'falco-eu', sourcetype: 'ocsf' });
  assert.equal((event as { class_uid: number }).class_uid, 2004);
  assert.equal(time, second?.['time']);
  const [plain] = eventsOf([deliveryOf(alertWith())], { ...more, metadata: 'none' });
  assert.deepEqual(Object.keys(plain ?? {}), ['event', 'sourcetype', 'index', 'source']);
});

test('settings are checked without quoting the token', () => {
  const broken = { url: 'splunk', token: 'a\nb', headers: { host: 'x' } };
  const paths = splunk.validate?.({ ...settings(), ...broken }).map(({ path }) => path);
  assert.deepEqual(paths, ['url', 'headers.host', 'token']);
});
