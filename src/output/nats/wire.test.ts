import assert from 'node:assert/strict';
import test from 'node:test';
import { inPieces } from '../pieces.ts';
import { readOperation } from './wire.ts';

const read = (data: Buffer) => readOperation(data, 'nats:4222');

test('what a server says is read, however it comes', () => {
  const text =
    'INFO {"a":1} \r\nPING\r\n+OK\r\nMSG _I.1 1 5\r\nab\r\nc\r\n' +
    "HMSG _I.2 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n-ERR 'Stale Connection'\r\npong\r\n";
  const expected = [
    { name: 'INFO', text: '{"a":1} ' },
    { name: 'PING' },
    { name: 'OK' },
    { name: 'MSG', subject: '_I.1', status: 0, data: 'ab\r\nc' },
    { name: 'MSG', subject: '_I.2', status: 503, data: '' },
    { name: 'ERR', text: 'Stale Connection' },
    { name: 'PONG' },
  ];
  for (let size = 1; size <= text.length; size += 1) {
    const reader = inPieces(read);
    const said = [];
    for (let from = 0; from < text.length; from += size) {
      said.push(...reader.read(Buffer.from(text.slice(from, from + size))));
    }
    assert.deepEqual(said, expected, `pieces of ${size}`);
    assert.equal(reader.rest(), 0);
  }
});

for (const text of [
  'HTTP/1.1',
  'MSG a 1 99999999\r\n',
  'HMSG a 1 9 2\r\n',
  'MSG a 1 x\r\n',
  '\0',
]) {
  test(`${JSON.stringify(text)} is nothing a server says`, () => {
    assert.throws(() => read(Buffer.from(text)), /is no NATS server/);
  });
}
