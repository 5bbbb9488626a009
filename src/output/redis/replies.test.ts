import assert from 'node:assert/strict';
import test from 'node:test';
import { inPieces } from '../pieces.ts';
import { readReply } from './replies.ts';

test('replies are read, however they come', () => {
  const text = '+OK\r\n:7\r\n$5\r\na\r\nbc\r\n$-1\r\n-WRONGTYPE Operation against\r\n$0\r\n\r\n';
  const expected = [
    { ok: true, value: 'OK' },
    { ok: true, value: '7' },
    { ok: true, value: 'a\r\nbc' },
    { ok: true, value: null },
    { ok: false, code: 'WRONGTYPE', message: 'WRONGTYPE Operation against' },
    { ok: true, value: '' },
  ];
  for (let size = 1; size <= text.length; size += 1) {
    const { read } = inPieces((data) => readReply(data, 'redis:6379'));
    const replies = [];
    for (let from = 0; from < text.length; from += size) {
      replies.push(...read(Buffer.from(text.slice(from, from + size))));
    }
    assert.deepEqual(replies, expected, `pieces of ${size}`);
  }
});

for (const text of ['HTTP/1.1 400', '*1\r\n', '$-2\r\n', '$x\r\n', '$99999999999\r\n', '\0']) {
  test(`${JSON.stringify(text)} is no reply`, () => {
    assert.throws(() => readReply(Buffer.from(text), 'redis:6379'), /is no Redis/);
  });
}
