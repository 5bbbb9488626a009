import assert from 'node:assert/strict';
import test from 'node:test';
import type { Alert } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import chronicle from './index.ts';
import { importBody, importUrl } from './payload.ts';
import type { ChronicleSettings } from './settings.ts';

function settings(own: object = {}): ChronicleSettings {
  const { values } = settingsOf(chronicle, { ...chronicle.example, ...own });
  return values as unknown as ChronicleSettings;
}

function sourceOf(alert: Partial<Alert>, own: object = {}) {
  const body = importBody(settings(own), [deliveryOf(alertWith(alert))]);
  const { inlineSource } = JSON.parse(body) as {
    inlineSource: { logs: Record<string, string>[]; forwarder?: string };
  };
  return inlineSource;
}

test('a log is the alert, with its time and that of the hub', () => {
  const { logs, forwarder } = sourceOf({});
  const { json } = deliveryOf(alertWith());
  assert.deepEqual(logs, [
    {
      data: Buffer.from(json).toString('base64'),
      logEntryTime: '2026-08-11T00:04:09.137331079Z',
      collectionTime: '2026-08-11T00:04:10.137Z',
    },
  ]);
  assert.equal(forwarder, undefined);
});

test('it is collected after it happened, whatever the clock of its host says', () => {
  const time = (of: Partial<Alert>) => sourceOf(of).logs[0]?.['collectionTime'];
  assert.equal(time({ time: '2020-01-01T00:00:00Z' }), '2026-08-11T00:04:09.150Z');
  assert.equal(time({ time: '2027-01-01T00:00:00Z' }), '2027-01-01T00:00:01.000Z');
});

test('the way leads to the instance, and names a forwarder where there is one', () => {
  const instance = `projects/my-project/locations/eu/instances/${settings().instance}`;
  assert.equal(
    importUrl(settings()),
    `https://chronicle.eu.rep.googleapis.com/v1beta/${instance}/logTypes/FALCO_IDS/logs:import`,
  );
  assert.equal(sourceOf({}, { forwarder: 'f-1' }).forwarder, `${instance}/forwarders/f-1`);
});
