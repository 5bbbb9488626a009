import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { type Alert, isExactNumber } from './alert.ts';
import {
  JsonError,
  alertFromJson,
  alertToJson,
  contentKey,
  deliveryKey,
  parseLossless,
} from './json.ts';

const corpus = readFileSync(new URL('../test/data/corpus/falco-alerts.ndjson', import.meta.url))
  .toString()
  .trim()
  .split('\n');

const alert: Alert = {
  uuid: '0198a1b2-0000-7000-8000-000000000001',
  time: '2026-08-11T02:03:57.123456789Z',
  priority: 'warning',
  rule: 'Terminal shell in container',
  source: 'syscall',
  output: 'a shell',
  fields: { 'evt.time': JSON.rawJSON('1786413837123456789'), 'proc.name': 'bash' },
  tags: ['container', 'shell'],
  hostname: 'worker-02',
  receivedAt: '2026-08-11T02:03:58.000Z',
  ingest: { input: 'http', agent: 'falco' },
};

function refusalOf(text: string, depthMax?: number): JsonError {
  try {
    parseLossless(text, depthMax === undefined ? {} : { depthMax });
  } catch (error) {
    assert.ok(error instanceof JsonError);
    return error;
  }
  throw new Error(`was not refused: ${text}`);
}

describe('parseLossless', () => {
  test('gives back every corpus alert character for character', () => {
    for (const line of corpus) assert.equal(JSON.stringify(parseLossless(line)), line);
  });

  test('keeps the text of numbers that JavaScript would write differently', () => {
    const literals = [
      '1786413837123456789',
      '-9223372036854775808',
      '9007199254740993',
      '123456789012345678901234567890',
      '1786406649137331200',
      '1.0',
      '1e3',
      '1E+2',
      '1e999',
      '-1e400',
      '0.1000',
      '3.14159265358979323846',
      '-0',
      '-0.0',
      '5e-324000',
    ];
    for (const literal of literals) {
      const parsed = parseLossless(`{"a":[${literal}],"b":${literal}}`);
      assert.equal(JSON.stringify(parsed), `{"a":[${literal}],"b":${literal}}`);
      assert.ok(isExactNumber(parseLossless(literal)), literal);
    }
  });

  test('leaves a number alone that JavaScript writes the same', () => {
    for (const literal of ['0', '-1', '34818', '0.5', '1.25', '-2.5e-7', '9007199254740991']) {
      assert.equal(parseLossless(literal), Number(literal), literal);
    }
  });

  test('makes text of a number of more than 512 characters', () => {
    assert.deepEqual(parseLossless(`{"a":${'9'.repeat(5001)}}`), { a: '9'.repeat(512) });
    assert.deepEqual(parseLossless(`[0.${'3'.repeat(600)}]`), [`0.${'3'.repeat(510)}`]);
    assert.ok(isExactNumber(parseLossless('9'.repeat(512))));
  });

  test('does not look for numbers in strings', () => {
    const text = String.raw`{"1786413837123456789":"17864138371234567 \" 1.0 \\","a\\\\":"\\\"1e9"}`;
    assert.equal(JSON.stringify(parseLossless(text)), text);
  });

  test('refuses what only quoting would make valid', () => {
    for (const number of [
      '1.',
      '01.0',
      '1e',
      '-',
      '+1.5',
      '1.0.0',
      '1-1',
      '.5',
      '1e5e5',
      '--1.0',
    ]) {
      assert.equal(refusalOf(`{"a":${number}}`).code, 'invalid_json', number);
    }
    assert.equal(refusalOf('{1786413837123456789:1}').code, 'invalid_json');
    assert.equal(refusalOf('{"a":1, 1e3 \n : 2}').code, 'invalid_json');
    assert.equal(refusalOf(`[${'0'.repeat(600)}]`).code, 'invalid_json');
  });

  test('accepts and refuses what JSON.parse does, whatever is damaged', () => {
    const alphabet = '{}[]",:\\0123456789-+.eEntrufalse \n\u0001é';
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    for (let round = 0; round < 5000; round++) {
      const base = '{"a":[1,-2.50,{"b":12345678901234567890}],"c":"x\\u0041\\"y","d":null,"e":1e5}';
      const at = random(base.length);
      const text =
        base.slice(0, at) + alphabet[random(alphabet.length)] + base.slice(at + random(3));
      const expected = outcome(() => JSON.parse(text));
      assert.equal(
        outcome(() => parseLossless(text)),
        expected,
        text,
      );
    }
  });

  test('counts nesting before it parses, and says where it is too deep', () => {
    assert.doesNotThrow(() => parseLossless('['.repeat(32) + ']'.repeat(32)));
    assert.equal(refusalOf('['.repeat(33) + ']'.repeat(33)).code, 'too_deep');
    const error = refusalOf(`{"[[[[":[[${'{"a":'.repeat(1_000_000)}`, 3);
    assert.deepEqual([error.code, error.position], ['too_deep', 10]);
  });

  test('drops the keys that reach prototypes, at every level, escaped or not', () => {
    const text =
      '{"a":{"__proto__":{"x":1},"b":[{"constructor":2,"c":3}]},"prototype":4,"\\u005f_proto__":5}';
    assert.equal(JSON.stringify(parseLossless(text)), '{"a":{"b":[{"c":3}]}}');
    assert.deepEqual(parseLossless('{"a":"__proto__","constructors":1}'), {
      a: '__proto__',
      constructors: 1,
    });
  });

  test('makes strings and keys well-formed', () => {
    assert.deepEqual(parseLossless('{"a\\udc00":["\\ud800b"],"n":1.0}'), {
      'a\ufffd': ['\ufffdb'],
      n: JSON.rawJSON('1.0'),
    });
    assert.deepEqual(parseLossless('["\\ud83d\\ude00", "\ud800"]'), ['😀', '\ufffd']);
  });

  test('says where a text stops being JSON, without quoting it', () => {
    const error = refusalOf('{"a":NaN, "password":"hunter2"}');
    assert.deepEqual([error.code, error.position], ['invalid_json', 5]);
    assert.match(error.message, /position 5/);
    assert.doesNotMatch(error.message, /hunter2|NaN/);
    assert.equal(refusalOf('{"a":1.0,"b":12345678901234567890,}').position, 34);
  });
});

describe('alertToJson', () => {
  test("writes Falcosidekick's shape", () => {
    assert.equal(
      alertToJson(alert),
      '{"uuid":"0198a1b2-0000-7000-8000-000000000001","output":"a shell","priority":"Warning",' +
        '"rule":"Terminal shell in container","time":"2026-08-11T02:03:57.123456789Z",' +
        '"output_fields":{"evt.time":1786413837123456789,"proc.name":"bash"},"source":"syscall",' +
        '"tags":["container","shell"],"hostname":"worker-02"}',
    );
  });

  test('leaves out tags and hostname when they are empty', () => {
    const json = alertToJson({ ...alert, tags: [], hostname: '', fields: {} });
    assert.match(json, /"output_fields":\{\},"source":"syscall"\}$/);
  });

  test("escapes what Go's encoding/json escapes", () => {
    const json = alertToJson({ ...alert, output: '<a>&\u2028\u2029</a>é', rule: '<' });
    assert.match(json, /"\\u003ca\\u003e\\u0026\\u2028\\u2029\\u003c\/a\\u003eé"/);
    assert.match(json, /"rule":"\\u003c"/);
    assert.deepEqual(alertFromJson(json, alert.ingest, 0).output, '<a>&\u2028\u2029</a>é');
  });
});

test('an alert survives being stored', () => {
  const receivedAtMs = Date.parse(alert.receivedAt);
  for (const stored of [alert, { ...alert, tags: [], hostname: '' }]) {
    assert.deepEqual(alertFromJson(alertToJson(stored), alert.ingest, receivedAtMs), stored);
  }
});

test('a delivery key is the same for a resend and another for any other alert', () => {
  const key = deliveryKey(alertToJson(alert));
  const resent = { ...alert, receivedAt: '2026-08-11T03:00:00.000Z', ingest: { ...alert.ingest } };
  assert.match(key, /^[\da-f]{32}$/);
  assert.equal(deliveryKey(alertToJson(resent)), key);
  assert.notEqual(deliveryKey(alertToJson({ ...alert, output: 'another shell' })), key);
});

function outcome(parse: () => unknown): string {
  try {
    return JSON.stringify(toNumbers(parse()));
  } catch {
    return 'refused';
  }
}

/** Both sides as JSON.parse sees them, to compare the structure. */
function toNumbers(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test('contents are compared without the time of receipt, and with any other', () => {
  const at = (time: string) => `{"uuid":"u","output":"\\"time\\":\\"x","time":"${time}"}`;
  const other = contentKey(at('2026-08-11T02:00:01.5Z'), '2026-08-11T02:00:01.500Z');
  assert.equal(contentKey(at('2026-08-11T02:00:00Z'), '2026-08-11T02:00:00.000Z'), other);
  assert.equal(contentKey(at('2026-08-11T02:00:00.12Z'), '2026-08-11T02:00:00.120Z'), other);
  assert.notEqual(contentKey(at('2026-08-11T02:00:00.12Z'), '2026-08-11T02:00:00.121Z'), other);
});
