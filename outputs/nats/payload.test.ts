import assert from 'node:assert/strict';
import test from 'node:test';
import { fillTokens as subjectOf } from '../../src/output/tokens.ts';
import { alertWith, deliveryOf, HOSTILE_STRINGS } from '../../test/contract/alerts.ts';
import { encodeMessage, sizeOf } from '../../src/output/nats/wire.ts';
import { messageOf, subjectMistake } from './payload.ts';

const STANDARD = 'falco.<priority>.<rule>';

test('the subject is that of Falcosidekick', () => {
  const subject = (rule: string) => subjectOf(STANDARD, alertWith({ rule }));
  assert.equal(
    subject('Read sensitive file untrusted'),
    'falco.warning.read_sensitive_file_untrusted',
  );
  assert.equal(subject('  (a) -- B.c*>  '), 'falco.warning.a_b_c');
  assert.equal(subject('日本'), 'falco.warning._');
});

test('no alert can add a level to a subject, or mean many', () => {
  const template = 'a.<rule>.<hostname>.<source>.z';
  for (const text of HOSTILE_STRINGS) {
    const alert = alertWith({ rule: text, hostname: text, source: text });
    assert.match(subjectOf(template, alert), /^a(?:\.[a-z0-9_]+){3}\.z$/);
  }
  assert.equal(
    subjectOf(template, alertWith({ rule: '<hostname>', hostname: 'node-1.example.org' })),
    'a.hostname.node_1_example_org.syscall.z',
  );
});

const TEMPLATES: Readonly<Record<string, RegExp | undefined>> = {
  [STANDARD]: undefined,
  alerts: undefined,
  'alerts.<priority>-x.<rule>': undefined,
  'alerts.<nope>': /has no <nope>: there are <priority>, <rule>, <source>, <hostname>/,
  'alerts.*': /is no subject/,
  'alerts.>': /is no subject/,
  'alerts..x': /is no subject/,
  'alerts.': /is no subject/,
  'al erts': /is no subject/,
  '$JS.API': /belongs to the server/,
};

for (const [template, mistake] of Object.entries(TEMPLATES)) {
  test(`${template} ${mistake ? 'is no template' : 'is a template'}`, () => {
    if (mistake) assert.match(subjectMistake(template) ?? '', mistake);
    else assert.equal(subjectMistake(template), undefined);
  });
}

test('a message has the alert, to the byte, and a key to recognise it by', () => {
  const delivery = deliveryOf(alertWith({ output: '日本 ☃' }));
  const message = messageOf({ subject: STANDARD, stream: 'FALCO' }, delivery);
  const head = `NATS/1.0\r\nNats-Msg-Id: ${delivery.key}\r\nNats-Expected-Stream: FALCO\r\n\r\n`;
  const bytes = head.length + Buffer.byteLength(delivery.json);
  assert.equal(
    encodeMessage(message, '_INBOX.1'),
    `HPUB falco.warning.read_sensitive_file_untrusted _INBOX.1 ${head.length} ${bytes}\r\n` +
      `${head}${delivery.json}\r\n`,
  );
  assert.equal(sizeOf(message), bytes);
  assert.match(encodeMessage(message, ''), /^HPUB \S+ \d+ \d+\r\n/);
});
