import assert from 'node:assert/strict';
import test from 'node:test';
import { readSnappy } from '../../../test/support/snappy.ts';
import { pushBody } from './push-body.ts';

const entry = (rule: string, timeNs: bigint) => ({ labels: { rule }, timeNs, line: `${timeNs}` });

test('entries of the same labels share a stream', () => {
  const { body, contentType } = pushBody([entry('a', 1n), entry('b', 2n), entry('a', 3n)], 'json');
  assert.equal(contentType, 'application/json');
  assert.deepEqual(JSON.parse(String(body)), {
    streams: [
      {
        stream: { rule: 'a' },
        values: [
          ['1', '1'],
          ['3', '3'],
        ],
      },
      { stream: { rule: 'b' }, values: [['2', '2']] },
    ],
  });
});

function protobufOf(...entries: Parameters<typeof pushBody>[0]): Buffer {
  const { body, contentType } = pushBody(entries, 'protobuf');
  assert.equal(contentType, 'application/x-protobuf');
  return readSnappy(Buffer.from(body));
}

const times: readonly [timeNs: bigint, hex: string][] = [
  [1_786_406_649_137_331_079n, '08f9cde9d306108783be41'],
  [0n, '08001000'],
  // One second before 1970, and a quarter after that.
  [-750_000_000n, '08ffffffffffffffffff011080e59a77'],
];

for (const [timeNs, hex] of times) {
  test(`${timeNs} ns are seconds, and nanoseconds that count forward`, () => {
    const written = protobufOf(entry('a', timeNs)).toString('hex');
    assert.ok(written.includes(hex), written);
  });
}

test("in Protocol Buffers labels are a text in LogQL's form, with quotes escaped", () => {
  const written = protobufOf({ labels: { a: 'x"y\\', b: 'ä' }, timeNs: 0n, line: '' });
  assert.ok(written.includes(String.raw`{a="x\"y\\", b="ä"}`), String(written));
});
