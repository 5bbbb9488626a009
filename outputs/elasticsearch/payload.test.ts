import assert from 'node:assert/strict';
import test from 'node:test';
import type { Alert } from '../../src/alert.ts';
import { alertWith, deliveryOf, HOSTILE_STRINGS } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import elasticsearch from './index.ts';
import { bulkLines, indexOf, remediedLines } from './payload.ts';
import type { SearchSettings } from '../../src/output/search/settings.ts';

function settings(more: object = {}): SearchSettings {
  return settingsOf(elasticsearch, { nodes: ['http://es:9200'], ...more })
    .values as unknown as SearchSettings;
}

const EXACT = {
  'evt.time': JSON.rawJSON('1786406649137331079'),
  'evt.latency': JSON.rawJSON('0.10'),
  'evt.huge': JSON.rawJSON('-9223372036854775809'),
};

function documentOf(alert: Alert, more: object = {}): Record<string, unknown> {
  const [, document] = bulkLines(deliveryOf(alert), settings(more));
  assert.doesNotMatch(document, /\n/);
  return JSON.parse(document) as Record<string, unknown>;
}

test('a document is the alert to the character, behind its time as @timestamp', () => {
  const delivery = deliveryOf(alertWith({ fields: EXACT }));
  const [action, document] = bulkLines(delivery, settings());
  assert.equal(action, `{"create":{"_index":"falco-2026.08.11","_id":"${delivery.key}"}}`);
  assert.equal(
    document,
    `{"@timestamp":"2026-08-11T00:04:09.137331079Z",${delivery.json.slice(1)}`,
  );
});

test('no text of an alert is taken for its time', () => {
  for (const text of [...HOSTILE_STRINGS, ',"time":"1970-01-01T00:00:00Z"', ',', 'x","time":"y']) {
    const alert = alertWith({ output: text, rule: text, fields: { time: text, ',': text } });
    assert.equal(documentOf(alert)['@timestamp'], alert.time);
  }
});

const indices: readonly [settings: object, receivedAt: string, index: string][] = [
  [{}, '2026-11-22T23:59:59.999Z', 'falco-2026.11.22'],
  [{}, '2026-11-23T00:00:00.000Z', 'falco-2026.11.23'],
  [{ index: 'soc', suffix: 'monthly' }, '2026-11-30T23:59:59.999Z', 'soc-2026.11'],
  [{ suffix: 'annually' }, '2026-12-31T23:59:59.999Z', 'falco-2026'],
  [{ suffix: 'none' }, '2026-11-22T00:00:00.000Z', 'falco'],
  [{ dataStream: 'logs-falco.alerts-soc' }, '2026-11-22T00:00:00.000Z', 'logs-falco.alerts-soc'],
];

for (const [more, receivedAt, index] of indices) {
  test(`what came in at ${receivedAt} belongs to ${index}, whenever it is sent`, () => {
    assert.equal(indexOf(deliveryOf(alertWith({ receivedAt })), settings(more)), index);
  });
}

for (const index of ['Falco', '-falco', 'fal co', 'falco*', 'a/b', '<falco-{now/d}>', '..', '']) {
  test(`${JSON.stringify(index)} is no name of an index`, () => {
    assert.throws(() => settings({ index }));
    assert.throws(() => settings({ dataStream: index }));
  });
}

test('flattenFields writes _ for dots, and loses no field to another', () => {
  const fields = { 'proc.name': 'cat', proc_name: 'dog', 'a.b_c': 1, 'a_b.c': 2, ...EXACT };
  const delivery = deliveryOf(alertWith({ fields }));
  const [, document] = bulkLines(delivery, settings({ flattenFields: true }));
  assert.match(
    document,
    /"output_fields":\{"proc.name":"cat","proc_name":"dog","a_b_c":1,"a_b.c":2,"evt_time":1786406649137331079,"evt_latency":0.10,"evt_huge":-9223372036854775809\}/,
  );
});

const FIELDS = {
  'evt.time': JSON.rawJSON('1786406649137331079'),
  'evt.time.iso8601': 'x',
  'proc.aname[2]': 'bash',
  'proc.aname[2].x': 'y',
  'proc.aname[3]': null,
  'proc.tty': 34818,
  'proc.ttyx': true,
  k8s: ['a', 'b'],
};

const refusals: readonly [reason: string, unmapped: readonly string[]][] = [
  [
    "[1:9] failed to parse field [output_fields.proc.tty] of type [ip] in document with id 'x'",
    ['proc.tty'],
  ],
  [
    'object mapping for [output_fields.evt.time] tried to parse field [time] as object',
    ['evt.time', 'evt.time.iso8601'],
  ],
  [
    'Could not dynamically add mapping for field [x]. Existing mapping for [output_fields.evt] must be of type object',
    ['evt.time', 'evt.time.iso8601'],
  ],
  ['mapper [falco.output_fields.k8s] cannot be changed from type [long] to [text]', ['k8s']],
  [
    'failed to parse field [output_fields.proc.aname[2]] of type',
    ['proc.aname[2]', 'proc.aname[2].x'],
  ],
  ['at least one immense term in field="output_fields.proc.tty"', ['proc.tty']],
  [
    "failed to parse field [output_fields.k8s] of type [long]. Preview of field's value: '[output_fields.proc.tty]'",
    ['k8s'],
  ],
  ['Limit of total fields [1000] has been exceeded', Object.keys(FIELDS)],
  ['failed to parse field [output_fields] of type [flattened]', Object.keys(FIELDS)],
  ['field name cannot contain only whitespace: [a..b]', Object.keys(FIELDS)],
  ['immense term in field="output_fields._value"', Object.keys(FIELDS)],
  ['', Object.keys(FIELDS)],
];

for (const [reason, unmapped] of refusals) {
  test(`refused with "${reason}": ${unmapped.length} fields go as text`, () => {
    const delivery = deliveryOf(alertWith({ fields: FIELDS }));
    const [action, document] = remediedLines(delivery, settings(), [reason]);
    assert.equal(action, bulkLines(delivery, settings())[0]);
    const { output_fields, output_fields_unmapped, ...others } = JSON.parse(document) as Record<
      string,
      string
    >;
    const kept = Object.keys(FIELDS).filter((name) => !unmapped.includes(name));
    assert.deepEqual(Object.keys(output_fields ?? ''), kept);
    assert.deepEqual(Object.keys(JSON.parse(output_fields_unmapped ?? '') as object), unmapped);
    const { output_fields: _, ...before } = documentOf(delivery.alert);
    assert.deepEqual(others, before);
  });
}

test('digits survive as text, too, and so does the schema of a document', () => {
  const delivery = deliveryOf(alertWith({ fields: EXACT }));
  for (const format of ['falco', 'ecs', 'ocsf']) {
    const [, document] = remediedLines(delivery, settings({ format }), []);
    assert.ok(
      document.includes(
        String.raw`"output_fields_unmapped":"{\"evt.time\":1786406649137331079,\"evt.latency\":0.10,\"evt.huge\":-9223372036854775809}"`,
      ),
    );
    assert.equal(document.includes('"falco":{'), format === 'ecs');
    assert.equal(document.includes('"class_uid":2004'), format === 'ocsf');
  }
});

test('an alert that was refused keeps its places, unless one of those may be to blame', () => {
  const delivery = deliveryOf(alertWith());
  for (const [format, path] of [
    ['ecs', 'falco'],
    ['ocsf', 'unmapped'],
  ]) {
    const reason = `[${path}.output_fields.proc.tty]`;
    const [, named] = remediedLines(delivery, settings({ format }), [reason]);
    assert.match(named, /"process":\{"name":"cat"/);
    const [, unnamed] = remediedLines(delivery, settings({ format }), ['[process.name]']);
    assert.doesNotMatch(unnamed, /"process"/);
  }
});

test('settings that cannot work are mistakes', () => {
  const paths = (more: object) =>
    elasticsearch.validate?.({ ...settings(), ...more } as never).map(({ path }) => path);
  assert.deepEqual(paths({ username: 'u', password: 'p', apiKey: 'k' }), []);
  assert.deepEqual(paths({ username: 'u' }), ['password']);
  assert.deepEqual(paths({ password: 'p' }), ['username']);
  assert.deepEqual(paths({ nodes: ['https://es', 'es:9200'] }), ['nodes.1']);
  assert.deepEqual(paths({ headers: { 'X-A': 'b\nc' } }), ['headers.X-A']);
});
