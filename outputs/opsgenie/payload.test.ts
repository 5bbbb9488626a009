import assert from 'node:assert/strict';
import test from 'node:test';
import { loadConfig } from '../../config/load.ts';
import { type Alert, PRIORITIES } from '../../src/alert.ts';
import { alertWith, deliveryOf, plainFacts } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { closingOf } from '../../src/output/ops-alert.ts';
import { alertOfAlertmanager, endOfAlert } from '../../test/support/ended-alert.ts';
import opsgenie from './index.ts';
import { opsgenieAlert } from './payload.ts';
import type { OpsgenieSettings } from './settings.ts';

function alertOf(alert: Partial<Alert>, own: object = {}, lateMs?: number) {
  const { values } = settingsOf(opsgenie, { apiKey: 'planted-api-key', ...own });
  const delivery = deliveryOf(alertWith(alert), lateMs);
  return opsgenieAlert(values as unknown as OpsgenieSettings, delivery);
}

async function load(env: Readonly<Record<string, string>>) {
  const loaded = await loadConfig({ env, flags: {}, baseDirectory: '/' });
  assert.ok(loaded.ok);
  assert.deepEqual([loaded.warnings, loaded.misconfigured], [[], []]);
  return loaded.outputs[0]?.settings ?? {};
}

test('by itself an alert has all its facts and fields, and a key of its own', () => {
  const alert = alertWith();
  assert.deepEqual(alertOf({}), {
    message: alert.output,
    alias: deliveryOf(alert).key,
    description: `${alert.rule}\n${alert.output}`,
    tags: ['T1555', 'container', 'filesystem'],
    details: {
      ...plainFacts,
      time: '2026-08-11T00:04:09.137331079Z',
      'evt.time': '1786406649137331079',
      'fd.name': '/etc/shadow',
      'proc.name': 'cat',
      'proc.tty': '34818',
      'user.loginuid': '-1',
      'user.name': 'jenkins',
    },
    entity: 'gpu-node-1',
    source: 'Tocsin',
    priority: 'P4',
  });
});

test('a Falcosidekick configuration makes the alert Falcosidekick makes', async () => {
  const settings = await load({ OPSGENIE_APIKEY: 'planted-api-key', OPSGENIE_REGION: 'EU' });
  assert.equal(settings['region'], 'eu');
  const { output } = alertWith();
  assert.deepEqual(alertOf({}, settings), {
    message: output,
    entity: 'Falcosidekick',
    description: 'Read sensitive file untrusted',
    details: {
      source: 'syscall',
      rule: 'Read sensitive file untrusted',
      priority: 'Warning',
      hostname: 'gpu-node-1',
      tags: 'T1555, container, filesystem',
      fd_name: '/etc/shadow',
      proc_name: 'cat',
      user_name: 'jenkins',
    },
    priority: 'P4',
  });
  const long = alertOf({ output: 'x'.repeat(200), hostname: '', tags: [] }, settings);
  assert.equal(long.message, `${'x'.repeat(129)}…`);
  assert.equal(long.description, `Read sensitive file untrusted\n${'x'.repeat(200)}`);
  assert.deepEqual(Object.keys(long.details).slice(0, 4), [
    'source',
    'rule',
    'priority',
    'fd_name',
  ]);
});

test('a region nobody knows is the US', async () => {
  const settings = await load({ OPSGENIE_APIKEY: 'abc', OPSGENIE_REGION: 'emea' });
  assert.equal(settings['region'], 'us');
});

test('P1 to P5 follow the priority unless one is set', () => {
  const levels = PRIORITIES.map((priority) => alertOf({ priority }).priority);
  assert.equal(levels.join(' '), 'P1 P1 P2 P3 P4 P5 P5 P5');
  const own = { priorities: { debug: 'P3' } };
  assert.equal(alertOf({ priority: 'debug' }, own).priority, 'P3');
});

test('a template says which alerts are one; one that fails makes none so', () => {
  const dedupKey = '{{ .Rule }} on {{ .Hostname }}';
  assert.equal(alertOf({}, { dedupKey }).alias, 'Read sensitive file untrusted on gpu-node-1');
  const { key } = deliveryOf(alertWith());
  assert.equal(alertOf({}, { dedupKey: '{{ .Nothing }}' }).alias, key);
  assert.equal(alertOf({}, { dedupKey: '' }).alias, undefined);
});

test('the end of an alert of Alertmanager closes its alias, if that can stand in a path', () => {
  const closing = (alert: Alert, dedupKey?: string) => {
    const { values } = settingsOf(opsgenie, { apiKey: 'planted-api-key', dedupKey });
    return closingOf(values as unknown as OpsgenieSettings, deliveryOf(alert));
  };
  const end = endOfAlert();
  const { alias } = alertOf(alertOfAlertmanager());
  assert.deepEqual(closing(end), {
    path: `/${alias}/close?identifierType=alias`,
    body: { source: 'Tocsin', note: end.output },
  });
  assert.equal(closing(end, 'a b?#%')?.path, '/a%20b%3F%23%25/close?identifierType=alias');
  for (const alias of ['', '.', '..', 'a/b', '..\\b']) assert.equal(closing(end, alias), undefined);
  assert.equal(closing(alertOfAlertmanager()), undefined);
  assert.equal(closing(alertWith({ tags: ['resolved'] })), undefined);
});

test('responders and tags of ones own go with every alert', () => {
  const responders = [{ type: 'team', name: 'SOC' }];
  const made = alertOf({ tags: ['t'] }, { responders, tags: ['falco'] });
  assert.deepEqual([made.responders, made.tags], [responders, ['falco', 't']]);
});

test('what has no room is counted, the facts are there all the same', () => {
  const fields = Object.fromEntries(
    Array.from({ length: 512 }, (_, n) => [`field.${n}`, 'v'.repeat(4096)]),
  );
  const { details } = alertOf({ fields: { ...fields, uuid: 'forged' } });
  assert.equal(details['uuid'], alertWith().uuid);
  assert.match(details['…'] ?? '', /^5\d\d more fields$/);
  assert.match(details['field.0'] ?? '', /^v{999}…$/);
});

test('a late alert says by how much', () => {
  assert.match(alertOf({}, {}, 720_000).message, /^\(late by 12 min\) Sensitive/);
});

test('text is never HTML', () => {
  const { message, details } = alertOf({
    output: 'a <b>x</b> <!-- 1 < 2',
    fields: { 'f<i>': '<img src=x>' },
  });
  assert.equal(message, 'a ‹b>x‹/b> ‹!-- 1 < 2');
  assert.equal(details['f‹i>'], '‹img src=x>');
});
