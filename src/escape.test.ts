import assert from 'node:assert/strict';
import test from 'node:test';
import { escapeTerminal } from './escape.ts';

test('escapeTerminal shows every control, bidirectional and line-separating character', () => {
  assert.equal(escapeTerminal('\u001b[31mred\u0007'), '\\x1b[31mred\\x07');
  assert.equal(escapeTerminal('a\r\n\tb\u0000\u007f\u009b'), 'a\\r\\n\\tb\\x00\\x7f\\x9b');
  assert.equal(escapeTerminal('x\u2028y\u2029'), 'x\\u2028y\\u2029');
  const bidi = '\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069';
  assert.match(escapeTerminal(bidi), /^(\\u[0-9a-f]{4}){12}$/);
});

test('escapeTerminal leaves printable text alone, in any script', () => {
  const text = 'cat /etc/shadow "é" 日本語 עברית 🦀 C:\\temp';
  assert.equal(escapeTerminal(text), text);
});
