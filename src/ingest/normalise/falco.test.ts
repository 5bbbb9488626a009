import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Alert } from '../../alert.ts';
import { parseLossless } from '../../json.ts';
import { compileEnrichment } from './enrich.ts';
import {
  type NormaliseContext,
  normaliseFalco,
  type NormaliseResult,
  type Refusal,
} from './falco.ts';

const context: NormaliseContext = {
  nowMs: Date.parse('2026-08-11T02:03:58.120Z'),
  provenance: { input: 'http', agent: 'falco', peer: '192.0.2.1' },
  enrichment: compileEnrichment({
    customFields: {},
    templatedFields: {},
    customTags: [],
    bracketReplacer: '',
    outputFieldFormat: '',
  }),
};

const document = {
  output: '02:03:57.1: Notice A shell',
  priority: 'Notice',
  rule: 'Terminal shell in container',
  time: '2026-08-11T02:03:57.123456789Z',
  source: 'syscall',
  hostname: 'worker-02',
  tags: ['shell', 'container'],
  output_fields: { 'proc.name': 'bash' },
};

type Accepted = Extract<NormaliseResult, { ok: true }>;

function accepted(sent: unknown): Accepted {
  const result = normaliseFalco(sent, context);
  assert.ok(result.ok, JSON.stringify(result));
  return result;
}

function alertOf(changes: Readonly<Record<string, unknown>>): Alert {
  return accepted({ ...document, ...changes }).alert;
}

function refused(sent: unknown): Refusal {
  const result = normaliseFalco(sent, context);
  assert.ok(!result.ok, JSON.stringify(result));
  return result;
}

describe('normaliseFalco', () => {
  test("makes an alert of Falco's document", () => {
    const { alert, ...rest } = accepted(document);
    assert.deepEqual(alert, {
      uuid: alert.uuid,
      time: '2026-08-11T02:03:57.123456789Z',
      priority: 'notice',
      rule: 'Terminal shell in container',
      source: 'syscall',
      output: '02:03:57.1: Notice A shell',
      fields: { 'proc.name': 'bash' },
      tags: ['container', 'shell'],
      hostname: 'worker-02',
      receivedAt: '2026-08-11T02:03:58.120Z',
      ingest: context.provenance,
    });
    assert.match(alert.uuid, /^[\da-f-]{14}-?7/);
    assert.deepEqual(rest, {
      ok: true,
      uuidFromSender: false,
      truncated: false,
      notes: [],
    });
  });

  test('needs a rule and a priority, and fills in the rest', () => {
    const { alert } = accepted({ rule: 'R', priority: 'debug' });
    assert.deepEqual(
      [alert.time, alert.source, alert.output, alert.hostname, alert.tags, alert.fields],
      ['2026-08-11T02:03:58.12Z', 'syscalls', '', '', [], {}],
    );
  });

  test('takes null for absent', () => {
    const { alert } = accepted({ ...document, time: null, source: null, tags: null, uuid: null });
    assert.deepEqual(
      [alert.time, alert.source, alert.tags],
      ['2026-08-11T02:03:58.12Z', 'syscalls', []],
    );
  });

  test('finds members whatever the case of their names; the last one counts', () => {
    const { alert } = accepted(
      parseLossless(
        '{"RULE":"A","Rule":"B","Priority":"info","OUTPUT":"o","Output_Fields":{"a":1}}',
      ),
    );
    assert.deepEqual(
      [alert.rule, alert.priority, alert.output, alert.fields],
      ['B', 'informational', 'o', { a: 1 }],
    );
  });

  test("keeps the sender's uuid in lower case", () => {
    const uuid = '6D1F3B0E-6C0E-4E0C-9F55-0D8F5B9F7A11';
    const { alert, uuidFromSender } = accepted({ ...document, uuid });
    assert.deepEqual([alert.uuid, uuidFromSender], [uuid.toLowerCase(), true]);
    assert.equal(accepted({ ...document, uuid: 'x' }).uuidFromSender, false);
  });

  test('sorts the fields by name', () => {
    const { fields } = alertOf({ output_fields: { b: 1, a: 2 } });
    assert.deepEqual(Object.keys(fields), ['a', 'b']);
  });

  test('takes text where Falco sends text, and writes other scalars as text', () => {
    const alert = alertOf({ rule: 5, output: true, hostname: 1, source: JSON.rawJSON('1.0') });
    assert.deepEqual(
      [alert.rule, alert.output, alert.hostname, alert.source],
      ['5', 'true', '1', '1.0'],
    );
    assert.equal(alertOf({ output: { a: [1] } }).output, '{"a":[1]}');
    assert.equal(alertOf({ hostname: ['x'], source: {} }).source, 'syscalls');
  });

  test('uses the message when there is no output', () => {
    const { output: _, ...rest } = document;
    assert.equal(accepted({ ...rest, message: 'A shell' }).alert.output, 'A shell');
    assert.equal(alertOf({ message: 'A shell' }).output, document.output);
  });

  test("gives Falcosidekick's test rule the source internal", () => {
    assert.equal(alertOf({ rule: 'Test rule' }).source, 'internal');
  });

  test('cleans what goes into headers and names', () => {
    const alert = alertOf({ rule: ' a\0b\t', hostname: 'a\r\nb\u0085\u007f', source: ' \0 ' });
    assert.deepEqual([alert.rule, alert.hostname, alert.source], ['ab', 'a  b  ', 'syscalls']);
  });

  test('never takes provenance from a body', () => {
    const alert = alertOf({ ingest: { identity: 'admin' }, receivedAt: 'x' });
    assert.deepEqual(alert.ingest, context.provenance);
  });
});

describe('limits', () => {
  test('what is longer is cut, and the alert says so', () => {
    const { alert, truncated } = accepted({
      ...document,
      rule: 'r'.repeat(257),
      source: 's'.repeat(65),
      hostname: 'h'.repeat(254),
      output: 'o'.repeat(20_000),
    });
    assert.deepEqual(
      [alert.rule, alert.source, alert.hostname],
      [`${'r'.repeat(255)}…`, `${'s'.repeat(63)}…`, `${'h'.repeat(252)}…`],
    );
    assert.equal(Buffer.byteLength(alert.output), 16_384);
    assert.ok(alert.output.endsWith('o…'));
    assert.deepEqual([truncated, alert.tags], [true, ['container', 'shell', 'truncated']]);
  });

  test('the output is measured in bytes and no character is cut in two', () => {
    const { output } = alertOf({ output: '😀'.repeat(5000) });
    assert.equal(output, `${'😀'.repeat(4095)}…`);
    assert.equal(alertOf({ output: 'é'.repeat(8192) }).output, 'é'.repeat(8192));
  });

  test('fields and tags count, too', () => {
    assert.equal(accepted({ ...document, output_fields: { a: 'x'.repeat(5000) } }).truncated, true);
    const tags = Array.from({ length: 65 }, (_, i) => `t${i}`);
    assert.equal(alertOf({ tags }).tags.length, 64);
    assert.ok(alertOf({ tags }).tags.includes('truncated'));
  });
});

describe("Falco's document within `output`", () => {
  const inner = { ...document, output: 'inner line', time: '2026-01-01T00:00:00.000000000Z' };

  test('is taken apart: its line is the output, its members fill the gaps', () => {
    const { alert } = accepted({ output: JSON.stringify(inner), hostname: 'forwarder' });
    assert.deepEqual(
      [alert.output, alert.rule, alert.priority, alert.time, alert.fields, alert.hostname],
      ['inner line', inner.rule, 'notice', inner.time, inner.output_fields, 'forwarder'],
    );
  });

  test('cannot change what the outer document says', () => {
    const forged = { rule: 'Harmless', priority: 'Debug', output: 'x', output_fields: { a: 1 } };
    const alert = alertOf({ priority: 'Critical', output: JSON.stringify(forged) });
    assert.deepEqual(
      [alert.rule, alert.priority, alert.fields, alert.output],
      [document.rule, 'critical', document.output_fields, 'x'],
    );
  });

  test('is taken apart once only', () => {
    const twice = JSON.stringify({ ...inner, output: JSON.stringify(inner) });
    assert.equal(alertOf({ output: twice }).output, JSON.stringify(inner));
  });

  test('stays text when it is no alert', () => {
    for (const output of ['{', '{}', '{"rule":"R"}', '{"rule":"R","priority":"x","output":"o"}']) {
      assert.equal(alertOf({ output }).output, output);
    }
    const deep = `{"rule":"R","priority":"debug","output":"o","x":${'['.repeat(9999)}`;
    assert.equal(alertOf({ output: deep }).output, deep);
  });
});

describe('a refusal', () => {
  const { rule: _, ...withoutRule } = document;
  const { priority: __, ...withoutPriority } = document;
  const cases: readonly (readonly [string, unknown])[] = [
    ['not_an_alert', null],
    ['not_an_alert', 'text'],
    ['not_an_alert', [document]],
    ['not_an_alert', JSON.rawJSON('12345678901234567890')],
    ['not_an_alert', {}],
    ['not_an_alert', { process_exec: { process: {} }, time: '2026-01-01T00:00:00Z' }],
    ['rule_missing', withoutRule],
    ['rule_missing', { ...document, rule: ' \0 ' }],
    ['rule_missing', { ...document, rule: { a: 1 } }],
    ['priority_missing', withoutPriority],
    ['priority_unknown', { ...document, priority: '' }],
    ['priority_unknown', { ...document, priority: 'Severe' }],
    ['priority_unknown', { ...document, priority: 'CRİTİCAL' }],
    ['priority_unknown', { ...document, priority: 4 }],
    ['priority_unknown', { ...document, priority: 'constructor' }],
    ['time_invalid', { ...document, time: 'yesterday' }],
    ['time_invalid', { ...document, time: {} }],
    ['time_invalid', { ...document, time: '0001-01-01T00:00:00Z' }],
    ['fields_not_an_object', { ...document, output_fields: ['a'] }],
    ['fields_not_an_object', { ...document, output_fields: 'a' }],
    ['fields_not_an_object', { ...document, output_fields: JSON.rawJSON('1.0') }],
  ];
  for (const [code, sent] of cases) {
    test(`${code}: ${JSON.stringify(sent).slice(0, 60)}`, () => {
      assert.equal(refused(sent).code, code);
    });
  }

  test('says what to send instead, and repeats no more than a few harmless characters', () => {
    const priority = `\u001b[2J\u202e${'x'.repeat(10_000)}`;
    const { message } = refused({ ...document, priority });
    assert.match(message, /send one of Emergency, Alert, Critical, .*, Debug\.$/);
    assert.match(message, /^[ -~]{0,200}$/);
  });
});
