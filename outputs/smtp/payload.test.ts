import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { loadConfig } from '../../config/load.ts';
import { type Alert, PRIORITIES, type Priority } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { headerOf, parseMail, shownText } from '../../test/support/mail.ts';
import { openSmtp } from '../../test/support/smtp-output.ts';
import { startSmtpServer } from '../../test/support/smtp-server.ts';
import { mailKey, mailOf } from '../../src/output/mail/mail.ts';
import smtp from './index.ts';
import type { SmtpSettings } from './settings.ts';

function mailWith(deliveries: readonly Delivery[], own: Partial<SmtpSettings> = {}, notes = ['']) {
  const raw = { host: 'mail', from: 'falco@example.org', to: ['soc@example.org'], ...own };
  const given = notes.filter((note) => note !== '');
  return mailOf(settingsOf(smtp, raw).values as SmtpSettings, deliveries, given);
}

function only(alert: Partial<Alert>, own: Partial<SmtpSettings> = {}, lateMs?: number) {
  return mailWith([deliveryOf(alertWith(alert), lateMs)], own);
}

/** The mail as a server gets it. */
async function sent(t: TestContext, alert: Partial<Alert>, raw: Partial<SmtpSettings> = {}) {
  const server = await startSmtpServer(t);
  const host = `127.0.0.1:${server.port}`;
  const { send } = await openSmtp(t, { ...raw, host, auth: 'none' });
  assert.equal(verdictOf(await send([deliveryOf(alertWith(alert))])), 'delivered');
  return server.mails[0]?.data ?? '';
}

interface GoldenCase {
  readonly name: string;
  readonly input: Record<string, unknown> & { output_fields: Alert['fields']; tags: string[] };
  readonly config: Record<string, string>;
  readonly expected: { readonly body_contains: string };
}

const goldenFile = new URL('../../test/data/falcosidekick/smtp.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(goldenFile, 'utf8')) as { cases: GoldenCase[] };

for (const { name, input, config, expected } of cases) {
  test(`a Falcosidekick configuration makes the mail Falcosidekick makes (${name})`, async (t) => {
    const text = JSON.stringify({ ...config, 'smtp.hostport': 'mail:25', 'smtp.tls': false });
    const loaded = await loadConfig({
      file: 'config.yaml',
      text,
      env: {},
      flags: {},
      baseDirectory: '/',
    });
    assert.ok(loaded.ok);
    const { output_fields: fields, priority, tags, ...rest } = input;
    const lower = String(priority).toLowerCase() as Priority;
    const alert = { ...rest, fields, priority: lower, tags: tags.toSorted() };
    const data = await sent(t, alert, loaded.outputs[0]?.settings);
    assert.ok(data.replaceAll('\r\n', '\n').includes(expected.body_contains), data);
  });
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

test('no text of an alert becomes a header, a line or markup of its own', async (t) => {
  const hostile =
    'x\r\nBcc: evil@example.org\r\n\r\n<script>alert(1)</script> =?UTF-8?Q?=0ABcc:?= \u202e';
  const harmless = oneLineOf(hostile);
  const data = await sent(t, { output: hostile, rule: hostile, fields: { [hostile]: hostile } });
  const mail = parseMail(data);
  assert.ok(!mail.headers.has('bcc'));
  assert.equal(headerOf(mail, 'subject'), `[Warning] ${harmless.trim()}`);
  assert.ok(mail.text.includes(`\nRule: ${harmless}\n`));
  assert.ok(mail.text.includes(`\n${harmless}: ${harmless}\n`));
  assert.doesNotMatch(mail.html ?? '', /<script/);
  assert.ok(shownText(mail.html ?? '').includes(`${harmless}\t${harmless}\t`));
});

const oneLineOf = (text: string): string =>
  text.replaceAll(/[\r\n]+/g, ' ').replace('\u202e', '\ufffd');

test('a resend has the same Message-ID and date', async (t) => {
  const data = [await sent(t, {}), await sent(t, {})].map(parseMail);
  const [first, second] = data.map((mail) => [
    headerOf(mail, 'message-id'),
    headerOf(mail, 'date'),
  ]);
  assert.deepEqual(first, [
    `<${deliveryOf(alertWith()).key}@example.org>`,
    'Tue, 11 Aug 2026 00:04:09 +0000',
  ]);
  assert.deepEqual(second, first);
  const keys = ['a', 'b'].map((rule) => deliveryOf(alertWith({ rule })));
  assert.equal(mailKey(keys), mailKey(keys.toReversed()));
  assert.match(mailKey(keys), /^[0-9a-f]{32}$/);
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
