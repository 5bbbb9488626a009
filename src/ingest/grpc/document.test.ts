import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isExactNumber } from '../../alert.ts';
import { documentOf } from './document.ts';
import { alertIngest, type AlertMessage, readPush } from './services.ts';

/** Through the wire and back, so that what is tested is what protobufjs really hands over. */
function overTheWire(alert: object): AlertMessage | null {
  const write = alertIngest['Push']!.requestSerialize as (request: object) => Buffer;
  return readPush(write({ seq: 1, alert })).alert;
}

function documentFrom(alert: object): Record<string, unknown> {
  const reading = documentOf(overTheWire({ rule: 'r', priority: 'NOTICE', ...alert }));
  assert.ok('document' in reading, JSON.stringify(reading));
  return reading.document as Record<string, unknown>;
}

function refusalOf(alert: object): string {
  const reading = documentOf(overTheWire(alert));
  assert.ok('refusal' in reading);
  return `${reading.refusal.code} ${reading.refusal.word}`;
}

test('the fields become the document Falco would have written', () => {
  const document = documentFrom({
    uuid: '7a1e2c1c-0c50-4b7f-8d1c-5f6f2d9f6a11',
    time: { seconds: '1786413837', nanos: 123_456_789 },
    source: 'syscall',
    output: 'a shell',
    hostname: 'node-1',
    tags: ['b', 'a'],
  });
  assert.deepEqual(document, {
    uuid: '7a1e2c1c-0c50-4b7f-8d1c-5f6f2d9f6a11',
    time: '2026-08-11T02:03:57.123456789Z',
    rule: 'r',
    priority: 'Notice',
    source: 'syscall',
    output: 'a shell',
    hostname: 'node-1',
    tags: ['b', 'a'],
    output_fields: {},
  });
});

test('what the sender left empty is left out, for the normaliser to fill in', () => {
  assert.deepEqual(Object.keys(documentFrom({})), ['rule', 'priority', 'tags', 'output_fields']);
});

test('every kind of Value becomes what JSON has for it', () => {
  const { output_fields: fields } = documentFrom({
    fields: {
      text: { stringValue: 'x' },
      big: { stringValue: '1786413837123456789' },
      integer: { numberValue: 2 ** 53 },
      double: { numberValue: 0.1 },
      infinite: { numberValue: Number.POSITIVE_INFINITY },
      no: { boolValue: false },
      none: { nullValue: 0 },
      unset: {},
      list: { listValue: { values: [{ stringValue: 'a' }, { numberValue: 1 }] } },
      struct: { structValue: { fields: { deep: { boolValue: true } } } },
    },
  });
  assert.deepEqual(fields, {
    text: 'x',
    big: '1786413837123456789',
    integer: 2 ** 53,
    double: 0.1,
    infinite: 'Infinity',
    no: false,
    none: null,
    unset: null,
    list: ['a', 1],
    struct: { deep: true },
  });
});

test('names that are mechanisms in JavaScript never become fields', () => {
  const named = Object.fromEntries(
    ['__proto__', 'constructor', 'prototype', 'safe'].map((name) => [name, { stringValue: 'x' }]),
  );
  const fields = documentFrom({ fields: { ...named, in: { structValue: { fields: named } } } })[
    'output_fields'
  ] as object;
  assert.deepEqual(Object.entries(fields), [
    ['safe', 'x'],
    ['in', { safe: 'x' }],
  ]);
});

test('times keep nine digits, also before 1970 and at the ends of the calendar', () => {
  for (const [seconds, nanos, text] of [
    ['0', 0, '1970-01-01T00:00:00.000000000Z'],
    ['-1', 999_999_999, '1969-12-31T23:59:59.999999999Z'],
    ['253402300799', 5, '9999-12-31T23:59:59.000000005Z'],
  ] as const) {
    assert.equal(documentFrom({ time: { seconds, nanos } })['time'], text);
  }
});

test('a time that no calendar has is refused', () => {
  for (const time of [
    { seconds: '253402300800', nanos: 0 },
    { seconds: '9223372036854775807', nanos: 0 },
    { seconds: '-62135596801', nanos: 0 },
    { seconds: '1', nanos: -1 },
    { seconds: '1', nanos: 1_000_000_000 },
  ]) {
    assert.equal(refusalOf({ rule: 'r', priority: 1, time }), 'INVALID time_invalid');
  }
});

test('an alert without a priority is refused, not taken for an emergency', () => {
  assert.equal(refusalOf({ rule: 'r' }), 'INVALID invalid_priority');
  assert.equal(refusalOf({ rule: 'r', priority: 99 }), 'INVALID invalid_priority');
});

test('raw_json is the document, with every digit, and the fields beside it do not count', () => {
  const document = documentFrom({
    rule: 'ignored',
    raw_json: '{"rule":"r","output_fields":{"evt.time":1786413837123456789}}',
  });
  const fields = document['output_fields'] as Record<string, unknown>;
  assert.equal(document['rule'], 'r');
  assert.ok(isExactNumber(fields['evt.time']));
  assert.equal(JSON.stringify(fields), '{"evt.time":1786413837123456789}');
});

test('raw_json that is no JSON, or nested too deeply, is refused', () => {
  assert.equal(refusalOf({ raw_json: '{"rule":' }), 'INVALID invalid_json');
  assert.equal(refusalOf({ raw_json: '['.repeat(100_000) }), 'INVALID too_deep');
});

test('raw_json of an agent other than Falco is refused', () => {
  assert.ok('document' in documentOf(overTheWire({ raw_json: '{}', agent: 'falco' })));
  assert.equal(refusalOf({ raw_json: '{}', agent: 'tracee' }), 'INVALID unsupported_agent');
});

test('a request without an alert is refused', () => {
  const reading = documentOf(null);
  assert.ok('refusal' in reading);
  assert.equal(reading.refusal.word, 'no_alert');
});
