import assert from 'node:assert/strict';
import test from 'node:test';
import { fillTokens as subjectOf } from '../../src/output/tokens.ts';
import { alertWith, deliveryOf, HOSTILE_STRINGS } from '../../test/contract/alerts.ts';
import { messageOf, subjectMistake } from './payload.ts';
import { createReader, encodeMessage, sizeOf } from './wire.ts';

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

test('what a server says is read, however it comes', () => {
  const text =
    'INFO {"a":1} \r\nPING\r\n+OK\r\nMSG _I.1 1 5\r\nab\r\nc\r\n' +
    "HMSG _I.2 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n-ERR 'Stale Connection'\r\npong\r\n";
  const expected = [
    { name: 'INFO', text: '{"a":1} ' },
    { name: 'PING' },
    { name: 'OK' },
    { name: 'MSG', subject: '_I.1', status: 0, data: 'ab\r\nc' },
    { name: 'MSG', subject: '_I.2', status: 503, data: '' },
    { name: 'ERR', text: 'Stale Connection' },
    { name: 'PONG' },
  ];
  for (let size = 1; size <= text.length; size += 1) {
    const reader = createReader('nats:4222');
    const said = [];
    for (let from = 0; from < text.length; from += size) {
      said.push(...reader.read(Buffer.from(text.slice(from, from + size))));
    }
    assert.deepEqual(said, expected, `pieces of ${size}`);
    assert.equal(reader.rest(), 0);
  }
});

for (const text of [
  'HTTP/1.1',
  'MSG a 1 99999999\r\n',
  'HMSG a 1 9 2\r\n',
  'MSG a 1 x\r\n',
  '\0',
]) {
  test(`${JSON.stringify(text)} is nothing a server says`, () => {
    const { read } = createReader('nats:4222');
    assert.throws(() => read(Buffer.from(text)), /is no NATS server/);
  });
}
