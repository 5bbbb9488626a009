import assert from 'node:assert/strict';
import test from 'node:test';
import type { Alert } from '../../src/alert.ts';
import { alertWith, deliveryOf, plainFacts } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { alertOfAlertmanager, endOfAlert } from '../../test/support/ended-alert.ts';
import incidentio from './index.ts';
import { alertEvent } from './payload.ts';
import type { IncidentIoSettings } from './settings.ts';

function eventOf(alert: Partial<Alert>, own: object = {}, lateMs?: number) {
  const { values } = settingsOf(incidentio, { sourceId: 'S', token: 'planted-token', ...own });
  const delivery = deliveryOf(alertWith(alert), lateMs);
  return alertEvent(values as unknown as IncidentIoSettings, delivery);
}

test('an alert has its facts and fields as metadata, and a key of its own', () => {
  const alert = alertWith({ output: 'Shell' });
  assert.deepEqual(eventOf({ output: 'Shell' }), {
    status: 'firing',
    title: '[Warning] Read sensitive file untrusted',
    description: 'Shell',
    deduplication_key: deliveryOf(alert).key,
    metadata: { ...plainFacts, tags: alert.tags, time: alert.time, fields: alert.fields },
  });
});

test('a template says which alerts are one', () => {
  const key = (dedupKey: string) => eventOf({}, { dedupKey }).deduplication_key;
  assert.equal(key('{{ .Rule }}'), 'Read sensitive file untrusted');
  assert.equal(key(''), deliveryOf(alertWith()).key);
});

test('what Alertmanager says is over resolves what it fired, and nothing else does', () => {
  const [fires, resolves] = [eventOf(alertOfAlertmanager()), eventOf(endOfAlert())];
  assert.deepEqual([fires.status, resolves.status], ['firing', 'resolved']);
  assert.equal(resolves.deduplication_key, fires.deduplication_key);
  assert.equal(eventOf(endOfAlert(), { dedupKey: '' }).status, 'firing');
  assert.equal(eventOf({ tags: ['resolved'] }).status, 'firing');
});

test('a late alert says by how much, and its text is no Markdown', () => {
  const { description } = eventOf({ output: '[x](https://evil.example)' }, {}, 720_000);
  assert.equal(description, '\\(late by 12 min\\) \\[x\\]\\(https\\://evil.example\\)');
});
