import assert from 'node:assert/strict';
import test from 'node:test';
import { loadConfig } from '../../config/load.ts';
import { type Alert, PRIORITIES } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { alertOfAlertmanager, endOfAlert } from '../../test/support/ended-alert.ts';
import gotify from './index.ts';
import { gotifyMessage } from './payload.ts';
import type { GotifySettings } from './settings.ts';

function messageOf(alert: Partial<Alert>, own: object = {}, lateMs?: number) {
  const { values } = settingsOf(gotify, { url: 'https://g', token: 'planted-token', ...own });
  const delivery = deliveryOf(alertWith(alert), lateMs);
  return gotifyMessage(values as unknown as GotifySettings, delivery);
}

async function load(format: string) {
  const env = { GOTIFY_HOSTPORT: 'http://g:80', GOTIFY_TOKEN: 'abc', GOTIFY_FORMAT: format };
  const loaded = await loadConfig({ env, flags: {}, baseDirectory: '/' });
  assert.ok(loaded.ok);
  assert.deepEqual([loaded.warnings, loaded.misconfigured], [[], []]);
  return loaded.outputs[0]?.settings ?? {};
}

test('the end of an alert of Alertmanager makes no sound, however severe it was', () => {
  const both = [alertOfAlertmanager(), endOfAlert()];
  const numbers = both.map((alert) => messageOf({ ...alert, priority: 'critical' }).priority);
  assert.deepEqual(numbers, [6, 2]);
});

test('by itself a message is Markdown in which no text means anything', () => {
  const { title, priority, message, extras } = messageOf({
    output: '*x* [y](https://evil.example) ![](https://evil.example/p) <b>\n- z',
    tags: [],
    fields: { 'a_b`': '# c' },
  });
  assert.equal(title, '[Warning] Read sensitive file untrusted');
  assert.equal(priority, 4);
  assert.deepEqual(extras, { 'client::display': { contentType: 'text/markdown' } });
  assert.equal(
    message,
    `- **Priority**: Warning
- **Rule**: Read sensitive file untrusted
- **Output**: \\*x\\* \\[y\\]\\(https\\://evil.example\\) \\!\\[\\]\\(https\\://evil.example/p\\) \\<b\\> \\- z
- **Source**: syscall
- **Hostname**: gpu\\-node\\-1
- **Tags**: 
- **Time**: 2026\\-08\\-11 00\\:04\\:09.137331079 \\+0000 UTC
- **Uuid**: 8e2f1c1e\\-7d0b\\-4b5e\\-9a3c\\-2f1d6b7a9c10
- **Fields**:
\t- **a\\_b\\\`**: \\# c
`,
  );
});

test('a Falcosidekick configuration makes the message Falcosidekick makes', async () => {
  const fields = { 'proc.tty': 1234, n: null, 'a.b': 'c' };
  const markdown = messageOf({ fields }, await load('markdown'));
  assert.deepEqual(markdown, {
    title: '[Falco] [Warning] Read sensitive file untrusted',
    priority: 4,
    message: `- **Priority**: Warning
- **Rule**: Read sensitive file untrusted
- **Output**: ${alertWith().output}
- **Source**: syscall
- **Tags**: T1555 container filesystem 
- **Time**: 2026-08-11 00:04:09.137331079 +0000 UTC
- **Fields**:
\t- **proc.tty**: 1234
\t- **n**: <no value>
\t- **a.b**: c
`,
    extras: { 'client::display': { contentType: 'markdown' } },
  });
  for (const format of ['text', 'Plaintext']) {
    const { message, extras } = messageOf({ fields: { a: 'b' } }, await load(format));
    assert.match(message, /^Priority: Warning\nRule: .*\nFields:\n- a: b\n$/s);
    assert.deepEqual(extras, { 'client::display': { contentType: 'plaintext' } });
  }
  const json = messageOf({}, await load('json'));
  assert.equal(json.message, deliveryOf(alertWith()).json);
  assert.equal((await load('html'))['format'], 'markdown');
});

test('the priority is a number from 8 to 1', () => {
  const numbers = PRIORITIES.map((priority) => messageOf({ priority }).priority);
  assert.deepEqual(numbers, [8, 7, 6, 5, 4, 3, 2, 1]);
});

test('a title that fails is the standard one', () => {
  const title = (template: string) => messageOf({}, { title: template }).title;
  assert.equal(title('{{ .Hostname }}'), 'gpu-node-1');
  assert.equal(title('{{ .Nothing }}'), '[Warning] Read sensitive file untrusted');
});

test('a late alert says by how much', () => {
  assert.match(messageOf({}, {}, 720_000).message, /^- \*\*Late\*\*: 12 min\n/);
});

test('what does not fit is cut or counted, and JSON stays JSON', () => {
  const fields = Object.fromEntries(
    Array.from({ length: 512 }, (_, n) => [`field.${n}`, '日'.repeat(4096)]),
  );
  for (const format of ['markdown', 'plaintext', 'json']) {
    const { message } = messageOf({ fields, output: '☃'.repeat(16_384) }, { format });
    assert.ok(Buffer.byteLength(message) <= 60_000, `${Buffer.byteLength(message)} bytes`);
    assert.match(message, /\d+ more fields/);
    if (format === 'json') assert.equal((JSON.parse(message) as Alert).uuid, alertWith().uuid);
  }
});
