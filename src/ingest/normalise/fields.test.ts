import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseLossless } from '../../json.ts';
import { type Fields, readFields, sortedFields } from './fields.ts';

function read(sent: Readonly<Record<string, unknown>>): { fields: Fields; truncated: boolean } {
  const cuts = { truncated: false };
  return { fields: readFields(sent, cuts), truncated: cuts.truncated };
}

describe('readFields', () => {
  test('keeps scalars and lists of strings as they are', () => {
    const sent = { a: 'x', b: 1, c: true, d: null, e: ['x', 'y'], f: [], g: JSON.rawJSON('1.0') };
    assert.deepEqual(read(sent), { fields: sent, truncated: false });
  });

  test('writes everything else as compact JSON, digits kept', () => {
    const sent = parseLossless(
      '{"a": {"b": [1, 12345678901234567890]}, "c": [1.0, "x"], "d": [["x"]], "e": {}}',
    ) as Record<string, unknown>;
    assert.deepEqual(read(sent), {
      fields: { a: '{"b":[1,12345678901234567890]}', c: '[1.0,"x"]', d: '[["x"]]', e: '{}' },
      truncated: false,
    });
  });

  test('cuts values at 4096 characters and names at 128', () => {
    const { fields, truncated } = read({
      ['k'.repeat(129)]: 1,
      text: 'x'.repeat(4097),
      whole: 'x'.repeat(4096),
      object: { a: 'x'.repeat(5000) },
    });
    assert.equal(truncated, true);
    assert.equal(fields[`${'k'.repeat(127)}…`], 1);
    assert.equal(fields['text'], `${'x'.repeat(4095)}…`);
    assert.equal(fields['whole'], 'x'.repeat(4096));
    assert.equal(fields['object'], `{"a":"${'x'.repeat(4089)}…`);
  });

  test('never cuts a character in two', () => {
    const { fields } = read({ text: `${'x'.repeat(4094)}😀😀` });
    assert.equal(fields['text'], `${'x'.repeat(4094)}…`);
  });

  test('cuts a list where it is as long as one value may be', () => {
    const list = Array.from({ length: 100 }, () => 'x'.repeat(99));
    const { fields, truncated } = read({ list });
    assert.deepEqual(
      [fields['list'], truncated],
      [[...list.slice(0, 40), `${'x'.repeat(95)}…`], true],
    );
    assert.deepEqual(read({ list: ['x'.repeat(5000)] }).fields, { list: [`${'x'.repeat(4095)}…`] });
    const empty = Array.from({ length: 100_000 }, () => '');
    assert.ok((read({ list: empty }).fields['list'] as string[]).length <= 4098);
  });

  test('keeps the first 512 fields', () => {
    const entries = Array.from({ length: 600 }, (_, i) => [`f${i}`, i] as const);
    const { fields, truncated } = read(Object.fromEntries(entries));
    assert.deepEqual([fields, truncated], [Object.fromEntries(entries.slice(0, 512)), true]);
    assert.equal(read(Object.fromEntries(entries.slice(0, 512))).truncated, false);
  });
});

test('fields are sorted by code point, and left alone when they are', () => {
  const sent = { '😀': 1, '\uff5e': 2, b: 3, a: 4, ab: 5 };
  assert.deepEqual(Object.keys(sortedFields(sent)), ['a', 'ab', 'b', '\uff5e', '😀']);
  const sorted = { a: 1, b: 2 };
  assert.equal(sortedFields(sorted), sorted);
});
