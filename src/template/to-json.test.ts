import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertToJson } from '../json.ts';
import { alertWith, oddAlerts } from '../../test/contract/alerts.ts';
import { alertTemplateData, compileTemplate, struct, TemplateError } from './index.ts';

function execute(source: string, data: unknown): string {
  return compileTemplate(source).execute(data);
}

function json(value: unknown): string {
  return execute('{{ toJson .v }}', { v: value });
}

/** As Go's `json.Marshal` writes them. */
const CASES: readonly (readonly [value: unknown, text: string])[] = [
  [undefined, 'null'],
  [null, 'null'],
  [true, 'true'],
  ['', '""'],
  ['say "hi"\\\n\u0001', '"say \\"hi\\"\\\\\\n\\u0001"'],
  ['<a href="x">&</a>\u2028', '"\\u003ca href=\\"x\\"\\u003e\\u0026\\u003c/a\\u003e\\u2028"'],
  ['é🦀', '"é🦀"'],
  ['half \ud83e', '"half \ufffd"'],
  [0, '0'],
  [-1.5, '-1.5'],
  [1e21, '1e+21'],
  [1e-7, '1e-7'],
  [JSON.rawJSON('1786406649137331079'), '1786406649137331079'],
  [JSON.rawJSON('1.10'), '1.10'],
  [JSON.rawJSON('1e400'), '1e400'],
  [[], '[]'],
  [{}, '{}'],
  [['a', 1, null, ['b']], '["a",1,null,["b"]]'],
  [{ b: 1, a: { '<': [] }, '😀': 2, '\uffee': 3 }, '{"a":{"\\u003c":[]},"b":1,"\uffee":3,"😀":2}'],
  [JSON.parse('{"__proto__":"own"}'), '{"__proto__":"own"}'],
  [struct({ Name: 'n', List: [1] }), '{"Name":"n","List":[1]}'],
  [struct({ Hidden: 1 }, { text: 'shown' }), '"shown"'],
];

for (const [value, text] of CASES) {
  test(`toJson writes ${text}`, () => assert.equal(json(value), text));
}

test('what a template makes is written, too', () => {
  assert.equal(
    execute('{{ toJson 3 }} {{ toJson 2.50 }} {{ len .l | toJson }} {{ "x" | toJson }}', {
      l: [1],
    }),
    '3 2.5 1 "x"',
  );
});

test('an alert and its parts are written as outputs send them', () => {
  const alerts = [alertWith(), ...oddAlerts(11, 30)];
  const fitting = alerts.filter((alert) => alertToJson(alert).length < 20_000);
  assert.ok(fitting.length >= 10);
  for (const alert of fitting) {
    const data = alertTemplateData(alert);
    assert.equal(execute('{{ toJson . }}', data), alertToJson(alert));
    const source = '{"r":{{ toJson .Rule }},"f":{{ toJson .OutputFields }},"t":{{ toJson .Tags }}}';
    const fields = JSON.parse(alertToJson({ ...alert, source: '' })) as Record<string, unknown>;
    assert.deepEqual(JSON.parse(execute(source, data)), {
      r: alert.rule,
      f: fields['output_fields'],
      t: alert.tags,
    });
  }
  assert.equal(
    execute(
      '{{ toJson .Priority }} {{ toJson .Time }} {{ toJson .Time.Month }} {{ toJson .Time.UTC }}',
      alertTemplateData(alertWith({ time: '2026-08-11T00:04:09.120000000Z' })),
    ),
    '"Warning" "2026-08-11T00:04:09.12Z" 8 "2026-08-11T00:04:09.12Z"',
  );
});

test('what is no JSON is refused', () => {
  const hostile = {
    toString: () => {
      throw new Error('called');
    },
    constructor: Map,
  };
  Object.setPrototypeOf(hostile, Map.prototype);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, () => 1, Symbol('s'), hostile]) {
    assert.throws(
      () => json([value]),
      (error) => error instanceof TemplateError && error.code === 'template_failed',
    );
  }
});

test('nesting without end is refused', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  assert.throws(
    () => json(cycle),
    (error) => error instanceof TemplateError && error.code === 'template_limit',
  );
});
