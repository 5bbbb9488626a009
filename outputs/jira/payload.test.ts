import assert from 'node:assert/strict';
import test from 'node:test';
import type { Alert } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { check, settingsOf } from '../../test/contract/attempt.ts';
import jira from './index.ts';
import { jiraIssue, labelOf } from './payload.ts';
import { type JiraSettings, mistakesIn } from './settings.ts';

const cloud = { email: 'hub@example.org', apiToken: 'planted-api-token' };
const site = { url: 'https://example.atlassian.net', project: 'SEC' };

function made(own: object) {
  return settingsOf(jira, { ...site, ...cloud, ...own }).values as unknown as JiraSettings;
}

function fieldsOf(alert: Partial<Alert>, own: object = {}, lateMs?: number) {
  return jiraIssue(made(own), deliveryOf(alertWith(alert), lateMs), 'tocsin-1').fields;
}

const TABLE = `hostname: gpu-node-1
uuid: 8e2f1c1e-7d0b-4b5e-9a3c-2f1d6b7a9c10
rule: Read sensitive file untrusted
source: syscall
priority: Warning
tags: T1555, container, filesystem
time: 2026-08-11T00:04:09.137331079Z
evt.time: 1786406649137331079
fd.name: /etc/shadow
proc.name: cat
proc.tty: 34818
user.loginuid: -1
user.name: jenkins`;

test('an issue of Jira Cloud is a document with the alert and all its fields', () => {
  assert.deepEqual(fieldsOf({}), {
    project: { key: 'SEC' },
    issuetype: { name: 'Task' },
    priority: { name: 'Low' },
    summary: '[Warning] Read sensitive file untrusted on gpu-node-1',
    description: {
      type: 'doc',
      version: 1,
      content: [
        { type: 'paragraph', content: [{ type: 'text', text: alertWith().output }] },
        { type: 'codeBlock', content: [{ type: 'text', text: TABLE }] },
      ],
    },
    labels: ['tocsin-1'],
  });
});

test('an issue of Data Center has the same as text in which nothing is markup', () => {
  const own = { email: undefined, apiToken: undefined, token: 'planted-pat' };
  const settings = { ...made({}), ...own } as unknown as JiraSettings;
  const output = 'a {noformat} [x|https://evil.example] {NOFORMAT:title=y} b';
  const { description } = jiraIssue(settings, deliveryOf(alertWith({ output })), 'l').fields;
  const line = 'a { noformat} [x|https://evil.example] { noformat:title=y} b';
  assert.equal(description, `{noformat}\n${line}\n\n${TABLE}\n{noformat}`);
});

test('priorities, labels and fields are ones own', () => {
  const { priority } = fieldsOf({ priority: 'emergency' });
  assert.deepEqual(priority, { name: 'Highest' });
  const own = {
    priorities: {},
    labels: ['falco'],
    fields: { components: [{ name: 'Falco' }], project: { key: 'X' } },
  };
  const fields = fieldsOf({}, own);
  assert.ok(!('priority' in fields));
  assert.deepEqual(fields.labels, ['falco', 'tocsin-1']);
  assert.deepEqual(fields['components'], [{ name: 'Falco' }]);
  assert.deepEqual(fields['project'], { key: 'SEC' });
});

test('the label is the key of the alert, or what a template says', () => {
  const delivery = deliveryOf(alertWith());
  const label = (dedupKey?: string) =>
    labelOf(made(dedupKey === undefined ? {} : { dedupKey }), delivery);
  assert.equal(label(), `tocsin-${delivery.key}`);
  assert.equal(label('{{ .Nothing }}'), `tocsin-${delivery.key}`);
  assert.equal(label(''), `tocsin-${delivery.key}`);
  assert.match(label('{{ .Rule }} on {{ .Hostname }}'), /^tocsin-[0-9a-f]{32}$/);
  assert.notEqual(label('{{ .Rule }}'), label('{{ .Hostname }}'));
});

test('a late alert says by how much; what is too long is cut, or counted', () => {
  const fields = Object.fromEntries(
    Array.from({ length: 512 }, (_, n) => [`field.${n}`, 'v'.repeat(4096)]),
  );
  const { summary, description } = fieldsOf(
    { rule: 'r'.repeat(256), output: 'x'.repeat(16_384), fields },
    {},
    720_000,
  );
  assert.equal(summary.length, 255);
  const text = JSON.stringify(description);
  assert.ok(text.length < 32_767, `${text.length}`);
  assert.match(text, /"\(late by 12 min\) x+…"/);
  assert.match(text, /…: \d+ more fields"/);
});

test('there is one way in for Cloud, another for Data Center', () => {
  const mistakes = (own: object): string[] => {
    const values = { ...site, ...own };
    assert.deepEqual(check(jira, values).findings, []);
    return mistakesIn(values as unknown as JiraSettings).map(({ path }) => path);
  };
  assert.deepEqual(mistakes(cloud), []);
  assert.deepEqual(mistakes({ token: 'planted-pat' }), []);
  assert.deepEqual(mistakes({}), ['email', 'apiToken']);
  assert.deepEqual(mistakes({ email: 'hub@example.org' }), ['apiToken']);
  assert.deepEqual(mistakes({ ...cloud, token: 'planted-pat' }), ['email']);
  const { findings } = check(jira, { ...site, ...cloud, project: 'SEC" OR 1=1' });
  assert.deepEqual(
    findings.map(({ path }) => path),
    [['project']],
  );
});
