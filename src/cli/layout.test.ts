import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { columnWidths, fit, wrap } from './layout.ts';

suite('columns', () => {
  const rows = [['2026-11-03T10:00:00Z', 'x'.repeat(40), 'y'.repeat(30)]];
  const columns = [
    { title: 'TIME' },
    { title: 'RULE', widthMin: 10 },
    { title: 'HOST', widthMin: 8 },
  ];

  test('are as wide as what they hold where there is room', () => {
    assert.deepEqual(columnWidths(columns, rows, 200), [20, 40, 30]);
    assert.deepEqual(columnWidths(columns, [], 200), [4, 4, 4]);
  });

  test('that may be cut give way, the widest first, until the row fits', () => {
    assert.deepEqual(columnWidths(columns, rows, 80), [20, 28, 28]);
    assert.deepEqual(columnWidths(columns, rows, 94 - 5), [20, 35, 30]);
  });

  test('are never cut below their minimum, however narrow the screen', () => {
    assert.deepEqual(columnWidths(columns, rows, 20), [20, 10, 8]);
  });

  test('that wrap take what is left', () => {
    const wrapping = [{ title: 'A' }, { title: 'B', wraps: true }];
    assert.deepEqual(columnWidths(wrapping, [['a', 'b'.repeat(100)]], 60), [1, 57]);
    assert.deepEqual(columnWidths(wrapping, [['a', 'b'.repeat(100)]], 15), [1, 20]);
    assert.deepEqual(columnWidths(wrapping, [['a', 'b']], 60), [1, 1]);
  });
});

suite('a cell', () => {
  test('is padded on its side', () => {
    assert.equal(fit('ab', 4), 'ab  ');
    assert.equal(fit('ab', 4, 'right'), '  ab');
  });

  test('that is too long says so, and never cuts a character apart', () => {
    assert.equal(fit('abcdef', 4), 'abc…');
    assert.equal(fit('💥💥💥', 5), '💥💥…');
    assert.equal(fit('💥💥', 4), '💥💥');
  });
});

test('a character counts as many columns as it takes', () => {
  assert.equal(fit('检测到', 8), '检测到  ');
  assert.equal(fit('检测到容器', 6), '检测… ');
  assert.equal(fit('é', 2), 'é ');
  assert.deepEqual(wrap('检测到容器内可疑进程', 9), ['检测到容', '器内可疑', '进程']);
  assert.deepEqual(columnWidths([{ title: 'A' }], [['检测到']], 80), [6]);
});

suite('wrapping', () => {
  test('breaks between words', () => {
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
    assert.deepEqual(wrap('short', 7), ['short']);
    assert.deepEqual(wrap('', 7), ['']);
  });

  test('breaks a word that is longer than a line, and loses nothing of it', () => {
    const lines = wrap(`see ${'x'.repeat(20)} end`, 8);
    assert.deepEqual(lines, ['see', 'xxxxxxxx', 'xxxxxxxx', 'xxxx end']);
  });

  test('does nothing where there is no edge', () => {
    assert.equal(wrap('a '.repeat(500), Number.POSITIVE_INFINITY).length, 1);
  });
});
