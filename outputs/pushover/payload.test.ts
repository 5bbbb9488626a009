import assert from 'node:assert/strict';
import test from 'node:test';
import { type Alert, PRIORITIES } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { alertOfAlertmanager, endOfAlert } from '../../test/support/ended-alert.ts';
import pushover from './index.ts';
import { pushoverForm } from './payload.ts';
import type { PushoverSettings } from './settings.ts';

function formOf(alert: Partial<Alert>, own: object = {}, lateMs?: number) {
  const settings = settingsOf(pushover, { token: 'planted-token', user: 'planted-user', ...own });
  const delivery = deliveryOf(alertWith(alert), lateMs);
  const form = pushoverForm(settings.values as unknown as PushoverSettings, delivery);
  return Object.fromEntries(form);
}

test('a message has the alert in few lines, and its time', () => {
  const { output, uuid } = alertWith();
  assert.deepEqual(formOf({}), {
    token: 'planted-token',
    user: 'planted-user',
    title: '[Warning] Read sensitive file untrusted',
    message: `${output}\nHost: gpu-node-1\nUuid: ${uuid}`,
    timestamp: '1786406649',
    priority: '0',
  });
});

test('the priority is a number from 2 to -2, or one of ones own', () => {
  const numbers = PRIORITIES.map((priority) => formOf({ priority })['priority']);
  assert.equal(numbers.join(' '), '2 2 1 1 0 -1 -1 -2');
  assert.equal(formOf({ priority: 'debug' }, { priorities: { debug: 1 } })['priority'], '1');
});

test('the end of an alert of Alertmanager wakes nobody, however severe it was', () => {
  const both = [alertOfAlertmanager(), endOfAlert()];
  const numbers = both.map((alert) => formOf({ ...alert, priority: 'critical' })['priority']);
  assert.deepEqual(numbers, ['1', '-1']);
});

test('the highest is repeated until somebody acknowledges, and can be cancelled by its uuid', () => {
  const own = { repeatEvery: '30s', repeatFor: '2h', device: 'phone', sound: 'siren' };
  const { retry, expire, tags, device, sound } = formOf({ priority: 'emergency' }, own);
  assert.deepEqual([retry, expire, tags], ['30', '7200', alertWith().uuid]);
  assert.deepEqual([device, sound], ['phone', 'siren']);
});

test('a late alert says by how much, and a long one is cut in its first line', () => {
  const { message = '' } = formOf({ output: 'x'.repeat(2000) }, {}, 720_000);
  assert.match(message, /^\(late by 12 min\) x+…\nHost: gpu-node-1\nUuid: /);
  assert.equal(message.length, 1024);
});
