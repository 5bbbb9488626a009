import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type BodyDocuments,
  type BodyRefusal,
  type BodyResult,
  DocumentError,
  readBody,
} from './body.ts';

const limits = { depthMax: 4, alertsMax: 3, bytesMaxSingle: 64 };

function read(body: string | Buffer, type?: string): BodyResult {
  return readBody(Buffer.from(body as string), type, limits);
}

function accepted(body: string | Buffer, type?: string): BodyDocuments {
  const result = read(body, type);
  assert.ok(!('code' in result), JSON.stringify(result));
  return result;
}

function refused(body: string | Buffer, type?: string): BodyRefusal {
  const result = read(body, type);
  assert.ok('code' in result, JSON.stringify(result));
  return result;
}

describe('a JSON body', () => {
  test('is one document when it is an object, whatever type it claims', () => {
    for (const type of [undefined, 'application/json', 'text/plain', 'image/png', 'a; b=c']) {
      assert.deepEqual(accepted(' \r\n{"a":\n1}\n\n', type), {
        shape: 'single',
        documents: [{ a: 1 }],
        invalidUtf8: false,
      });
    }
  });

  test('is one document per element when it is an array', () => {
    const { shape, documents } = accepted('[{"a":1},null,[2]]', 'application/json');
    assert.deepEqual([shape, documents], ['array', [{ a: 1 }, null, [2]]]);
    assert.deepEqual(accepted('[]').documents, []);
  });

  test('keeps the digits of numbers', () => {
    const { documents } = accepted('{"t":1786413837123456789}');
    assert.equal(JSON.stringify(documents[0]), '{"t":1786413837123456789}');
  });

  test('may begin with a byte order mark', () => {
    assert.deepEqual(accepted(Buffer.from('\ufeff{"a":1}')).documents, [{ a: 1 }]);
    assert.equal(refused(Buffer.from('\ufeff')).code, 'body_empty');
  });

  test('may hold bytes that are not UTF-8: they are replaced, and it says so', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"x'), Buffer.from([0xff]), Buffer.from('"}')]);
    const { documents, invalidUtf8 } = accepted(bytes);
    assert.deepEqual([documents, invalidUtf8], [[{ a: 'x\ufffd' }], true]);
    assert.equal(accepted('{"a":"x\ufffd"}').invalidUtf8, false);
  });

  test('is refused when empty, broken, too deep or a scalar', () => {
    assert.deepEqual([refused('').code, refused(' \r\n\t').code], ['body_empty', 'body_empty']);
    const broken = refused('{"a":1} trailing');
    assert.deepEqual([broken.code, broken.status, broken.position], ['invalid_json', 400, 8]);
    assert.equal(refused('{"a":1}{"b":2}').code, 'invalid_json');
    for (const scalar of ['null', '5', '"x"', '12345678901234567890']) {
      assert.equal(refused(scalar, 'application/json').code, 'not_an_object', scalar);
    }
    assert.deepEqual(refused('{"a":'.repeat(5)).code, 'too_deep');
  });

  test('counts nesting per document, not per body', () => {
    const deepest = '{"a":{"a":{"a":{}}}}';
    assert.deepEqual(accepted(`[${deepest}]`).documents, accepted(deepest).documents);
    assert.equal(refused(`[[${deepest}]]`).code, 'too_deep');
  });

  test('is refused when a single alert is too large, or an array too long', () => {
    const large = refused(`{"a":"${'x'.repeat(64)}"}`);
    assert.deepEqual([large.code, large.status], ['body_too_large', 413]);
    assert.equal(accepted(`[{"a":"${'x'.repeat(64)}"}]`).documents.length, 1);
    const long = refused('[1,2,3,4]');
    assert.deepEqual([long.code, long.status], ['too_many_alerts', 413]);
  });
});

describe('NDJSON', () => {
  const types = ['application/x-ndjson', 'application/ndjson', 'Application/JSONL; charset=utf-8'];

  test('is one document per line, known by its type or by its lines', () => {
    for (const type of [...types, 'application/json', 'text/plain', undefined]) {
      const { shape, documents } = accepted('{"a":1}\r\n\n  {"b":2}\n', type);
      assert.deepEqual([shape, documents], ['ndjson', [{ a: 1 }, { b: 2 }]], type);
    }
    assert.equal(accepted('{"a":1}', types[0]).shape, 'ndjson');
    assert.equal(accepted('{"a":{}\n}', undefined).shape, 'single');
  });

  test('keeps the other lines when one is bad, and says which', () => {
    const { documents } = accepted('{"a":1}\n{"a":}\n{"b":2}', types[0]);
    assert.deepEqual([documents[0], documents[2]], [{ a: 1 }, { b: 2 }]);
    const error = documents[1];
    assert.ok(error instanceof DocumentError);
    assert.deepEqual([error.code, error.line], ['invalid_json', 2]);
    assert.match(error.message, /position 5/);
  });

  test('refuses a line that is too large or too deep by itself', () => {
    const body = `{"a":"${'x'.repeat(64)}"}\n\n${'['.repeat(5)}`;
    const errors = accepted(body, types[1]).documents.map((item) => item as DocumentError);
    assert.deepEqual(
      errors.map(({ code, line }) => [code, line]),
      [
        ['body_too_large', 1],
        ['too_deep', 3],
      ],
    );
  });

  test('is refused as a whole when it has too many lines, blank ones included', () => {
    assert.equal(accepted('{}\n{}\n{}\n', types[0]).documents.length, 3);
    assert.equal(refused('{}\n{}\n{}\n{}', types[0]).code, 'too_many_alerts');
    assert.equal(refused('{}\n\n\n\n{}', types[0]).code, 'too_many_alerts');
  });
});

test('text is taken by its lines', () => {
  const { shape, documents } = accepted('12:00:00.1: Warning one\n\nanother\r\n', 'text/plain');
  assert.deepEqual([shape, documents], ['text', ['12:00:00.1: Warning one', 'another']]);
  assert.equal(refused('1\n2\n3\n4', 'text/plain').code, 'too_many_alerts');
  assert.equal(refused('some text', 'application/json').code, 'invalid_json');
});
