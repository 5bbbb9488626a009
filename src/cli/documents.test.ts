import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { documentsOf } from './documents.ts';

/** Cuts the input into chunks of one size, as a pipe might. */
async function read(
  input: string | Buffer,
  chunkBytes = 7,
): Promise<[place: string, json: string][]> {
  const bytes = Buffer.from(input);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const documents = await Array.fromAsync(documentsOf(chunks()));
  return documents.map(({ place, json }) => [place, json.toString()]);
}

suite('one alert a line', () => {
  test('is passed on byte for byte, with the number of its line', async () => {
    const lines = ['{"n":12345678901234567890, "a":1.0}', '', '  ', '{"rule":"ü"}', '{broken'];
    assert.deepEqual(await read(lines.join('\n')), [
      ['line 1', lines[0]],
      ['line 4', lines[3]],
      ['line 5', lines[4]],
    ]);
  });

  test('may have blank lines first, Windows line ends and a byte order mark', async () => {
    assert.deepEqual(await read('\n\r\n{"a":1}\r\n{"b":2}\r\n'), [
      ['line 3', '{"a":1}\r'],
      ['line 4', '{"b":2}\r'],
    ]);
    assert.deepEqual(await read('\ufeff{"a":1}\n{"b":2}'), [
      ['line 1', '{"a":1}'],
      ['line 2', '{"b":2}'],
    ]);
  });

  test('arrives whole however the input is cut', async () => {
    const corpus = readFileSync(
      new URL('../../test/data/corpus/falco-alerts.ndjson', import.meta.url),
    );
    const expected = corpus.toString().trim().split('\n');
    for (const chunkBytes of [1000, 65_536, corpus.length]) {
      const documents = await read(corpus, chunkBytes);
      assert.deepEqual(
        documents.map(([, json]) => json),
        expected,
      );
    }
  });
});

suite('one JSON document', () => {
  test('may be an array on one line or many, and keeps every digit', async () => {
    const expected = [
      ['alert 1', '{"n":12345678901234567890,"a":1.0}'],
      ['alert 2', '7'],
    ];
    assert.deepEqual(await read('[{"n":12345678901234567890, "a":1.0}, 7]'), expected);
    assert.deepEqual(await read('[\n{"n":12345678901234567890,\n"a":1.0},\n7\n]\n'), expected);
  });

  test('may be a single alert written on many lines', async () => {
    assert.deepEqual(await read('{\n  "rule": "R",\n  "x": {\n  }\n}\n'), [
      ['alert 1', '{"rule":"R","x":{}}'],
    ]);
  });

  test('that is none is refused with where it goes wrong', async () => {
    for (const input of ['hello', '[{"a":1}', '{\n"a":1\n}\n{\n"b":2\n}']) {
      await assert.rejects(read(input), /neither an alert a line nor one JSON document.*position/);
    }
  });
});

test('an input without alerts has none', async () => {
  assert.deepEqual(await read(''), []);
  assert.deepEqual(await read(' \n\n'), []);
  assert.deepEqual(await read('[]'), []);
});

test('a line that never ends is given up before it fills the memory', async () => {
  let taken = 0;
  async function* endless(): AsyncGenerator<Buffer> {
    const chunk = Buffer.alloc(4 * 1024 * 1024, 'x');
    for (; ; taken += chunk.length) yield chunk;
  }
  await assert.rejects(Array.fromAsync(documentsOf(endless())), /over 64 MiB/);
  assert.ok(taken <= 68 * 1024 * 1024);
});
