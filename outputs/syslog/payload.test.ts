import assert from 'node:assert/strict';
import test from 'node:test';
import { type Alert, PRIORITIES } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import syslog from './index.ts';
import { framed, messageOf } from './payload.ts';
import { mistakesIn, type SyslogSettings } from './settings.ts';

function settings(more: object = {}): SyslogSettings {
  return settingsOf(syslog, { address: 'h', ...more }).values as SyslogSettings;
}

function message(alert: Partial<Alert>, more: object = {}): string {
  return messageOf(deliveryOf(alertWith(alert)), settings(more));
}

test('RFC 5424: priority, time with six digits, host, program and rule', () => {
  const text = message({ rule: 'Read sensitive file', hostname: 'node 1\n' }, { format: 'text' });
  const header = '<132>1 2026-08-11T00:04:09.137331Z node_1_ falco - read_sensitive_file - ';
  assert.ok(text.startsWith(header), text);
});

test('RFC 3164: the time as BSD had it, or in full', () => {
  const old = { standard: 'rfc3164', format: 'text', facility: 'authpriv' };
  const alert = { hostname: '', output: 'a\nb' };
  assert.equal(message(alert, old), '<84>Aug 11 00:04:09 - falco: a b');
  const iso = { ...old, isoTime: true };
  assert.equal(message(alert, iso), '<84>2026-08-11T00:04:09.137331Z - falco: a b');
  const early = { ...alert, time: '2026-08-01T00:04:09Z' };
  assert.match(message(early, old), /^<84>Aug {2}1 00:04:09 /);
});

test('severities are those of the priorities', () => {
  const found = PRIORITIES.map((priority) => message({ priority }).slice(0, 5));
  assert.deepEqual(
    found,
    Array.from({ length: 8 }, (_, n) => `<${128 + n}>`),
  );
});

test('a message is counted in bytes', () => {
  assert.equal(framed('ä', 'counted'), '2 ä');
  assert.equal(framed('ä', 'lines'), 'ä\n');
});

test('CEF is escaped, and an alert can add no key and no line', () => {
  const text = message(
    {
      rule: 'A | rule\\',
      output: 'one=1\ntwo|\\',
      hostname: 'h',
      tags: ['a', 'b'],
      fields: { 'proc.name': 'cat src=10.0.0.1', 'k8s.ns.name': 'prod', 'user.name': '<NA>' },
    },
    { format: 'cef' },
  );
  const [, cef] = text.split(' - a_rule - ');
  assert.equal(
    cef,
    [
      'CEF:0|Falcosecurity|Falco|1.0|a_rule|A \\| rule\\\\|6|rt=1786406649137 dvchost=h',
      `externalId=${alertWith().uuid} cat=syscall msg=one\\=1\\ntwo|\\\\`,
      'sproc=cat src\\=10.0.0.1 cs1Label=rule cs1=A | rule\\\\ cs2Label=k8sNamespace cs2=prod',
      'cs6Label=tags cs6=a,b',
    ].join(' '),
  );
});

test('LEEF has no escapes: what would end a value becomes a space', () => {
  const text = message(
    { rule: 'A | rule', output: 'a^sev=10\nb', tags: [], fields: {}, priority: 'debug' },
    { format: 'leef' },
  );
  assert.match(text, / - LEEF:2\.0\|Falcosecurity\|Falco\|1\.0\|A {3}rule\|\^\|devTime=/);
  const attributes = text.split('|^|')[1]?.split('^') ?? [];
  assert.equal(attributes.at(-1), 'msg=a sev=10 b');
  assert.deepEqual(attributes.slice(0, 3), [
    'devTime=2026-08-11T00:04:09.137+0000',
    "devTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
    'sev=1',
  ]);
});

test('what is too long has its texts cut, and is JSON still', () => {
  const fields = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`f${n}`, 'é'.repeat(4000)]),
  );
  const text = message({ output: 'o'.repeat(9000), fields }, { bytesMax: '4KiB' });
  assert.ok(Buffer.byteLength(text) <= 4096);
  const { output } = JSON.parse(text.slice(text.indexOf('{'))) as { output: string };
  assert.ok(output.endsWith('…'));
});

test('bounds and transports that do not fit are mistakes', () => {
  const paths = (more: Partial<SyslogSettings>) =>
    mistakesIn({ ...settings(), ...more }).map(({ path }) => path);
  assert.deepEqual(paths({}), []);
  assert.deepEqual(paths({ bytesMax: 100 }), ['bytesMax']);
  assert.deepEqual(paths({ transport: 'udp', bytesMax: 65_536 }), ['bytesMax']);
  assert.deepEqual(paths({ transport: 'udp', confirm: true }), ['confirm']);
  assert.deepEqual(paths({ address: 'a b' }), ['address']);
});
