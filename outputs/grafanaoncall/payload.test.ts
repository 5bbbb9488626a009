import assert from 'node:assert/strict';
import test from 'node:test';
import { loadConfig } from '../../config/load.ts';
import type { Alert } from '../../src/alert.ts';
import { alertWith, deliveryOf, plainFacts } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { alertOfAlertmanager, endOfAlert } from '../../test/support/ended-alert.ts';
import grafanaoncall from './index.ts';
import { formattedAlert } from './payload.ts';
import type { GrafanaOnCallSettings } from './settings.ts';

const webhookUrl = 'https://oncall.example.org/integrations/v1/formatted_webhook/planted-token/';

function alertOf(alert: Partial<Alert>, own: object = {}, lateMs?: number) {
  const { values } = settingsOf(grafanaoncall, { webhookUrl, ...own });
  const delivery = deliveryOf(alertWith(alert), lateMs);
  return formattedAlert(values as unknown as GrafanaOnCallSettings, delivery);
}

test('by itself an alert has a key of its own and all details', () => {
  const alert = alertWith();
  assert.deepEqual(alertOf({}), {
    alert_uid: deliveryOf(alert).key,
    state: 'alerting',
    title: '[Warning] Read sensitive file untrusted',
    message: alert.output,
    details: { ...plainFacts, time: '2026-08-11T00:04:09.137331079Z' },
    fields: alert.fields,
  });
});

test('a Falcosidekick configuration makes the alert Falcosidekick makes', async () => {
  const loaded = await loadConfig({
    file: 'c.yaml',
    text: `grafanaoncall: { webhookurl: "${webhookUrl}", customheaders: { x-a: b } }`,
    env: {},
    flags: {},
    baseDirectory: '/',
  });
  assert.ok(loaded.ok);
  assert.deepEqual([loaded.warnings, loaded.misconfigured], [[], []]);
  const [output] = loaded.outputs;
  assert.deepEqual(output?.settings['headers'], { 'x-a': 'b' });
  assert.deepEqual(alertOf({}, output?.settings), {
    alert_uid: alertWith().uuid,
    state: 'alerting',
    title: '[Warning] Read sensitive file untrusted',
    message: alertWith().output,
  });
});

test('a template says which alerts are one group', () => {
  assert.equal(alertOf({}, { dedupKey: '{{ .Hostname }}' }).alert_uid, 'gpu-node-1');
});

test('what Alertmanager says is over is ok under the uid that was alerting', () => {
  const [alerting, ok] = [alertOf(alertOfAlertmanager()), alertOf(endOfAlert())];
  assert.deepEqual([alerting.state, ok.state], ['alerting', 'ok']);
  assert.equal(ok.alert_uid, alerting.alert_uid);
  assert.equal(alertOf(endOfAlert(), { dedupKey: '' }).state, 'alerting');
  assert.equal(alertOf({ tags: ['resolved'] }).state, 'alerting');
});

test('a late alert says by how much, and text does nothing', () => {
  const { message } = alertOf({ output: '<!channel> [x](https://evil.example)' }, {}, 720_000);
  assert.equal(message, '(late by 12 min) ‹!channel> [x]（https://evil.example)');
});
