import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTags, withTruncatedTag } from './tags.ts';

function read(sent: unknown, custom: readonly string[] = []): [readonly string[], boolean] {
  const cuts = { truncated: false };
  return [readTags(sent, custom, cuts), cuts.truncated];
}

test('strings and numbers are tags: trimmed, each once, sorted by code point', () => {
  const sent = ['b', 1, null, ' b ', 'a', '', ' ', true, { x: 1 }, ['c'], '😀', '\uff5e'];
  assert.deepEqual(read([...sent, JSON.rawJSON('1.0')]), [
    ['1', '1.0', 'a', 'b', '\uff5e', '😀'],
    false,
  ]);
});

test('a tag need not be in a list, and no tags are none', () => {
  assert.deepEqual(read('shell'), [['shell'], false]);
  for (const none of [undefined, [], {}, true]) assert.deepEqual(read(none), [[], false]);
});

test('a sender cannot crowd the configured tags out', () => {
  const sent = Array.from({ length: 100 }, (_, i) => `a${i}`);
  const [tags, truncated] = read(sent, ['z', 'a1']);
  assert.deepEqual([tags.length, tags.at(-1), truncated], [64, 'z', true]);
});

test('64 tags are not too many, whatever is said twice', () => {
  const sent = Array.from({ length: 64 }, (_, i) => `t${i}`);
  assert.equal(read([...sent, ...sent])[1], false);
});

test('a long tag is cut', () => {
  assert.deepEqual(read(['x'.repeat(300)]), [[`${'x'.repeat(255)}…`], true]);
});

test('the tag `truncated` finds its place, and room', () => {
  assert.deepEqual(withTruncatedTag(['a', 'z']), ['a', 'truncated', 'z']);
  assert.deepEqual(withTruncatedTag(['truncated']), ['truncated']);
  const full = Array.from({ length: 64 }, (_, i) => `z${i + 10}`);
  const tags = withTruncatedTag(full);
  assert.deepEqual([tags.length, tags[0]], [64, 'truncated']);
});
