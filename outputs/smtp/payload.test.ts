import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { loadConfig } from '../../config/load.ts';
import type { Alert, Priority } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { verdictOf } from '../../test/contract/attempt.ts';
import { headerOf, parseMail, shownText } from '../../test/support/mail.ts';
import { openSmtp } from '../../test/support/smtp-output.ts';
import { startSmtpServer } from '../../test/support/smtp-server.ts';
import type { SmtpSettings } from './settings.ts';

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
});
