import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../../test/contract/alerts.ts';
import { shownText } from '../../../test/support/mail.ts';
import { type Alert, PRIORITIES, type Priority } from '../../alert.ts';
import type { Delivery } from '../define.ts';
import { type MailLook, mailKey, mailOf } from './mail.ts';

const LOOK: MailLook = { outputFormat: 'html', alertsShownMax: 50, showUuid: true };

function mailWith(
  deliveries: readonly Delivery[],
  own: Partial<MailLook> = {},
  notes: readonly string[] = [],
) {
  return mailOf({ ...LOOK, ...own }, deliveries, notes);
}

function only(alert: Partial<Alert>, own: Partial<MailLook> = {}, lateMs?: number) {
  return mailWith([deliveryOf(alertWith(alert), lateMs)], own);
}

test("an alert's text is what Falcosidekick writes, line for line", () => {
  const fields = { 'fd.name': null, 'proc.args': ['-a', '-b'], 'proc.tty': 1234, ok: true };
  const alert = { time: '2001-01-01T01:10:00Z', fields: { ...fields, n: JSON.rawJSON('0.10') } };
  const { text, subject } = only(alert, { showUuid: false });
  assert.equal(
    text,
    `Priority: Warning
Output: Sensitive file opened for reading | file=/etc/shadow user=jenkins command=cat /etc/shadow
Rule: Read sensitive file untrusted
Source: syscall
Hostname: gpu-node-1
Tags: T1555 container filesystem${' '}
Time: 2001-01-01 01:10:00 +0000 UTC

--Fields--
fd.name: <no value>
proc.args: [-a -b]
proc.tty: 1234
ok: true
n: 0.10


`,
  );
  assert.equal(subject, `[Warning] ${alertWith().output}`);
});

test('the HTML says what the text says, under a bar of the colour of the priority', () => {
  const colours = PRIORITIES.map((priority) => {
    const { html = '' } = only({ priority });
    return /background-color:(#\w+)/.exec(html)?.[1];
  });
  const expected = '#e20b0b #ff5400 #ff9000 #ffc700 #ffff00 #5bffb5 #68c2ff #ccfff2';
  assert.equal(colours.join(' '), expected);
  const { html = '', text } = only({ tags: [], hostname: '' });
  const said = (shown: string): string[] => shown.split(/[\n\t]+/).filter((line) => line !== '');
  const fromText = said(text.replaceAll(': ', '\n').replace('--Fields--', 'Fields'));
  assert.deepEqual(said(shownText(html)), fromText.slice(1));
});

test('text only, and a picture only where it is asked for', () => {
  assert.equal(only({}, { outputFormat: 'text' }).html, undefined);
  assert.doesNotMatch(only({}).html ?? '', /<img/);
  const { html = '' } = only({}, { logoUrl: 'https://example.org/"><script>.png' });
  assert.match(html, /<img src="https:\/\/example\.org\/&#34;&#62;&#60;script&#62;\.png"/);
});

test('a mail has the date of its latest alert, or a date that mails can have', () => {
  const dates = (times: readonly string[]): string =>
    mailWith(times.map((time) => deliveryOf(alertWith({ time })))).date.toISOString();
  assert.equal(
    dates(['2026-01-01T00:00:00Z', '2026-01-02T00:00:00.5Z']),
    '2026-01-02T00:00:00.500Z',
  );
  for (const time of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
    assert.equal(dates([time]), alertWith().receivedAt, time);
  }
});

test('a late alert says by how much', () => {
  const { text, html = '' } = only({}, {}, 7_500_000);
  assert.ok(text.startsWith('Late by 2 h 5 min.\n\nPriority: '));
  assert.match(html, /<p>Late by 2 h 5 min\.<\/p>/);
});

test('of many alerts the most severe are shown and the rest is counted', () => {
  const priorities: Priority[] = [
    ...Array<Priority>(200).fill('warning'),
    ...Array<Priority>(12).fill('notice'),
    ...Array<Priority>(3).fill('critical'),
  ];
  const deliveries = priorities.map((priority) => deliveryOf(alertWith({ priority })));
  const { text, html = '', subject } = mailWith(deliveries, { alertsShownMax: 5 });
  const heading = '5 alerts, and 210 more: 198 Warning, 12 Notice';
  assert.equal(subject, `[Critical] 215 alerts: ${alertWith().output}`);
  assert.ok(text.startsWith(`${heading}\n\nPriority: Critical\n`));
  assert.ok(html.includes(`<p>${heading}</p>`));
  const shown = [...text.matchAll(/^Priority: (\w+)$/gm)].map(([, priority]) => priority);
  assert.deepEqual(shown, ['Critical', 'Critical', 'Critical', 'Warning', 'Warning']);
});

test('no mail is larger than servers take, and what does not fit is counted', () => {
  const fields = Object.fromEntries(
    Array.from({ length: 512 }, (_, n) => [`field.${n}`, '<'.repeat(4096)]),
  );
  const huge = deliveryOf(alertWith({ output: '&'.repeat(16_384), fields }));
  const one = mailWith([huge]);
  assert.match(one.text, /^…: 497 more fields$/m);
  assert.ok(one.subject.length <= 500);
  const many = mailWith(Array.from({ length: 50 }, () => huge));
  const [, shown, more] = /^(\d+) alerts, and (\d+) more/.exec(many.text) ?? [];
  assert.equal(Number(shown) + Number(more), 50);
  assert.ok(many.text.length + (many.html ?? '').length < 8 * 1024 * 1024);
  assert.ok(Number(shown) > 5);
});

test('what readers must know stands below', () => {
  const notes = ['Not delivered to b@example.org: 550 <No>\r\nsuch user'];
  const { text, html = '' } = mailWith([deliveryOf(alertWith())], {}, notes);
  assert.ok(text.endsWith('\nNot delivered to b@example.org: 550 <No> such user\n'));
  assert.match(html, /<p>Not delivered to b@example\.org: 550 &#60;No&#62; such user<\/p>/);
});

test('mails with the same alerts have the same key, in whatever order', () => {
  const alerts = ['a', 'b'].map((rule) => deliveryOf(alertWith({ rule })));
  assert.equal(mailKey(alerts), mailKey(alerts.toReversed()));
  assert.match(mailKey(alerts), /^[0-9a-f]{32}$/);
});
