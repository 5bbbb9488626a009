import assert from 'node:assert/strict';
import test from 'node:test';
import { type Alert, PRIORITIES } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { check, settingsOf } from '../../test/contract/attempt.ts';
import { alertOfAlertmanager, endOfAlert } from '../../test/support/ended-alert.ts';
import ntfy from './index.ts';
import { ntfyMessage } from './payload.ts';
import { mistakesIn, type NtfySettings } from './settings.ts';

function messageOf(alert: Partial<Alert>, own: object = {}, lateMs?: number) {
  const settings = settingsOf(ntfy, { topic: 'planted-topic', ...own }).values;
  const delivery = deliveryOf(alertWith(alert), lateMs);
  return ntfyMessage(settings as unknown as NtfySettings, delivery);
}

test('a message has the alert in few lines, and a key of its own', () => {
  const alert = alertWith();
  assert.deepEqual(messageOf({}), {
    topic: 'planted-topic',
    title: '[Warning] Read sensitive file untrusted',
    message: `${alert.output}\nHost: gpu-node-1\nUuid: ${alert.uuid}`,
    priority: 3,
    tags: ['warning'],
    sequence_id: deliveryOf(alert).key,
  });
});

test('the priority is a number from 5 to 1, or one of ones own', () => {
  const numbers = PRIORITIES.map((priority) => messageOf({ priority }).priority);
  assert.deepEqual(numbers, [5, 5, 5, 4, 3, 2, 2, 1]);
  assert.equal(messageOf({ priority: 'debug' }, { priorities: { debug: 4 } }).priority, 4);
});

test('the end of an alert of Alertmanager takes its place on the phone, and wakes nobody', () => {
  const fires = messageOf({ ...alertOfAlertmanager(), priority: 'critical' });
  const ends = messageOf({ ...endOfAlert(), priority: 'critical' });
  assert.deepEqual([fires.priority, ends.priority], [5, 2]);
  assert.equal(ends.sequence_id, fires.sequence_id);
});

test('a template says which alerts are one entry', () => {
  const id = (dedupKey: string) => messageOf({}, { dedupKey }).sequence_id;
  assert.equal(id('{{ .Hostname }}'), 'gpu-node-1');
  assert.match(id('{{ .Rule }}') ?? '', /^[0-9a-f]{64}$/);
  assert.equal(id(''), undefined);
});

test('a late alert says by how much, and links are none', () => {
  const { message } = messageOf(
    { output: 'see https://evil.example/x', hostname: '' },
    {},
    720_000,
  );
  assert.match(message, /^\(late by 12 min\) see https\[:\]\/\/evil\.example\/x\nUuid: /);
});

test('a long message is cut in its first line only', () => {
  for (const output of ['x'.repeat(16_384), '日'.repeat(16_384), '🦀'.repeat(8192)]) {
    const { message } = messageOf({ output, hostname: '☃'.repeat(253) });
    assert.ok(Buffer.byteLength(message) <= 4096);
    assert.match(message, /…\nHost: ☃{99}…\nUuid: 8e2f1c1e-/);
  }
});

test('a user has a password, and a token is enough', () => {
  const mistakes = (own: object): string[] => {
    const values = { topic: 'planted-topic', ...own };
    assert.deepEqual(check(ntfy, values).findings, []);
    return mistakesIn(values as unknown as NtfySettings).map(({ path }) => path);
  };
  assert.deepEqual(mistakes({ username: 'u', password: 'p' }), []);
  assert.deepEqual(mistakes({ username: 'u' }), ['password']);
  assert.deepEqual(mistakes({ password: 'p' }), ['username']);
  assert.deepEqual(mistakes({ token: 't', username: 'u', password: 'p' }), ['username']);
  assert.deepEqual(mistakes({ url: 'ntfy.sh' }), ['url']);
});
