import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { alertOfAlertmanager, endOfAlert } from '../../test/support/ended-alert.ts';
import type { Alert } from '../alert.ts';
import { incidentKeyOf, isResolved } from './resolution.ts';

const keyOf = (alert: Alert, template?: string, charsMax = 255) =>
  incidentKeyOf(template, deliveryOf(alert), charsMax);

test('an alert of Alertmanager and its end have one key, the next episode has another', () => {
  const key = keyOf(alertOfAlertmanager());
  assert.match(key ?? '', /^alertmanager-[0-9a-f]{32}$/);
  assert.equal(keyOf(endOfAlert()), key);
  assert.notEqual(keyOf(alertOfAlertmanager('2026-08-11T03:00:00Z')), key);
});

test('a template says the key of both, and one that fails leaves them theirs', () => {
  const [alert, end] = [alertOfAlertmanager(), endOfAlert()];
  assert.equal(keyOf(end, '{{ .Rule }}'), 'FalcoEventRateHigh');
  assert.equal(keyOf(end, '{{ .Nothing }}'), keyOf(alert));
  assert.equal(keyOf(end, ''), undefined);
});

test('without a fingerprint or a start, and from any other agent, an alert has the key of its delivery', () => {
  const { ingest, fields } = endOfAlert();
  const { 'alertmanager.starts': _start, ...others } = fields;
  const parts = [{ fields }, { ingest }, { ingest, fields: others }, {}];
  for (const alert of parts.map((part) => alertWith(part))) {
    assert.equal(keyOf(alert), deliveryOf(alert).key);
  }
});

test('only the end is resolved, and no alert of another agent by its tag', () => {
  const { tags, fields } = endOfAlert();
  const forged = alertWith({ tags, fields, source: 'alertmanager' });
  const bySyslog = { ...endOfAlert(), ingest: { input: 'syslog', agent: 'alertmanager' } };
  const forwarded = (hops?: number) => ({
    ...endOfAlert(),
    ingest: { input: 'grpc', agent: 'alertmanager', ...(hops !== undefined && { hops }) },
  });
  const { 'alertmanager.starts': _start, ...unmarked } = fields;
  const inLog = { ...endOfAlert(), fields: unmarked };
  const ended = [endOfAlert(), forwarded(1)];
  const others = [alertOfAlertmanager(), forged, bySyslog, inLog, forwarded()];
  assert.deepEqual(ended.map(isResolved), [true, true]);
  assert.deepEqual(others.filter(isResolved), []);
});
